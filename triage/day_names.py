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
NUMBERS = {
    "un": 1,
    "una": 1,
    "par": 2,
    "treinta": 30,
    **{
        word: number
        for number, word in enumerate(
            [
                "uno",
                "dos",
                "tres",
                "cuatro",
                "cinco",
                "seis",
                "siete",
                "ocho",
                "nueve",
                "diez",
                "once",
                "doce",
                "trece",
                "catorce",
                "quince",
                "dieciseis",
                "diecisiete",
                "dieciocho",
                "diecinueve",
                "veinte",
            ],
            1,
        )
    },
}
# The days of a month in words; «un» and «una» count things.
DAYS = {
    **{word: number for word, number in NUMBERS.items() if word not in ("un", "una", "par")},
    "primero": 1,
    "treinta y uno": 31,
    **{
        f"veinti{word}": number
        for number, word in enumerate(["uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"], 21)
    },
}
