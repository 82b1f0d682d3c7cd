"""The names of weekdays and months, and numbers in words."""

WEEKDAYS = {"lunes": 0, "martes": 1, "miercoles": 2, "jueves": 3, "viernes": 4, "sabado": 5, "domingo": 6}
NAMES = (
    "enero ene january janvier ianuarie",
    "febrero feb february fevrier februarie",
    "marzo mar march mars martie",
    "abril abr april avril aprilie",
    "mayo may mai",
    "junio jun june juin iunie",
    "julio jul july juillet iulie",
    "agosto ago august aout",
    "septiembre setiembre sept sep september septembre septembrie",
    "octubre oct october octobre octombrie",
    "noviembre nov november novembre noiembrie",
    "diciembre dic december decembre decembrie",
)
MONTHS = {name: number for number, names in enumerate(NAMES, 1) for name in names.split()}
UNITS = "uno dos tres cuatro cinco seis siete ocho nueve"
TENS = "diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte"
COUNTED = {word: number for number, word in enumerate(f"{UNITS} {TENS}".split(), 1)}
NUMBERS = {**COUNTED, "un": 1, "una": 1, "par": 2, "treinta": 30}
# The days of a month in words; «un» and «una» count things.
DAYS = {
    **COUNTED,
    **{f"veinti{word}": number for number, word in enumerate(UNITS.split(), 21)},
    "primero": 1,
    "treinta": 30,
    "treinta y uno": 31,
}
