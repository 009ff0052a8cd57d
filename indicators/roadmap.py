"""The smart-village roadmap: for each success factor, first steps a village can take by itself."""

from __future__ import annotations

from data.model import Text

STEPS: dict[int, tuple[Text, ...]] = {
    1: (
        Text(
            "Izveidot ciema darba grupu, kas tiekas reizi mēnesī un kurā ir arī jaunieši un seniori",
            "Form a village working group that meets every month and has young and older people in it",
        ),
        Text(
            "Sarīkot vēl vienu sapulci un kopā izvēlēties trīs darbus nākamajam gadam",
            "Hold one more meeting and choose together three things to do next year",
        ),
    ),
    2: (
        Text(
            "Apzināt vietējos ražotājus un pakalpojumu sniedzējus un ielikt to sarakstu internetā",
            "Find out who produces and offers services here, and put the list online",
        ),
        Text(
            "Iekārtot kopstrādes telpu vai darbnīcu ēkā, kas stāv tukša",
            "Set up a shared workplace or workshop in a building that stands empty",
        ),
    ),
    3: (
        Text(
            "Izmēģināt vienu digitālu risinājumu vienai ikdienas problēmai un pēc pusgada to izvērtēt",
            "Try one digital solution for one everyday problem, and judge it after half a year",
        ),
        Text(
            "Ieviest kopīgu tiešsaistes kalendāru, kurā piesakās uz ciema telpām un pasākumiem",
            "Start a shared online calendar for booking the village's rooms and events",
        ),
    ),
    4: (
        Text(
            "Vienoties ar pašvaldību par transportu pēc pieprasījuma uz tuvāko pilsētu",
            "Agree with the municipality on transport on demand to the nearest town",
        ),
        Text(
            "Vienoties ar pilsētas skolām un veikaliem par vietējo ražotāju produktu piegādi",
            "Agree with schools and shops in town on deliveries from local producers",
        ),
    ),
    5: (
        Text(
            "Vienā ēkā apvienot vairākus pakalpojumus: bibliotēku, pakomātu, feldšerpunktu, kafejnīcu",
            "Bring several services under one roof: library, parcel locker, nurse, café",
        ),
        Text(
            "Sagatavot kopīgu projektu, kurā ieguldās pašvaldība, uzņēmējs un biedrība",
            "Prepare a joint project to which the municipality, a business and an association contribute",
        ),
    ),
    6: (
        Text(
            "Uzrunāt vietējo rīcības grupu, augstskolu un vienu uzņēmumu un vienoties, ko katrs dos",
            "Approach the local action group, a university and a business, and agree what each will give",
        ),
        Text(
            "Aizbraukt uz ciemu, kuram līdzīga iecere ir izdevusies",
            "Visit a village where a similar idea has worked",
        ),
    ),
    7: (
        Text(
            "Izvēlēties trīs rādītājus, kam ciems seko līdzi katru gadu",
            "Choose three indicators that the village follows every year",
        ),
        Text(
            "Aptaujāt mājsaimniecības par internetu, prasmēm un vajadzīgajiem pakalpojumiem",
            "Survey the households on internet, skills and the services they need",
        ),
    ),
    8: (
        Text(
            "Sarīkot interneta ātruma mērīšanas dienu: katra mājsaimniecība izdara trīs mērījumus",
            "Hold a speed-test day on which every household runs three tests",
        ),
        Text(
            "Bibliotēkā divas stundas nedēļā palīdzēt apgūt e-pakalpojumus",
            "Two hours a week, help people in the library to learn e-services",
        ),
    ),
    9: (
        Text(
            "Noskaidrot tuvākos projektu konkursus (LEADER, pašvaldības, valsts) un to termiņus",
            "Find out the next calls for projects (LEADER, municipal, national) and their deadlines",
        ),
        Text(
            "Sagatavot tāmi un iespējamos naudas avotus pirmajam darbam",
            "Prepare a budget and possible sources of money for the first task",
        ),
    ),
    10: (
        Text(
            "Vienoties ar pašvaldību, kurš atbild uz ciema priekšlikumiem un cik ilgā laikā",
            "Agree with the municipality who answers the village's proposals, and how soon",
        ),
        Text(
            "Reizi gadā aicināt uz ciemu pašvaldības un valsts iestāžu pārstāvjus",
            "Once a year, invite the municipality and state bodies to the village",
        ),
    ),
}
"""By the number of the factor, in the order in which they are offered."""
