"""The lines that a run's script is put together from; nothing of a person's is in them."""

NEEDS_GOLEMS = "# This part needs Pantheon of Golems: start the script in its folder."

ARGUMENTS = """\
if len(sys.argv) != {number} + 1:
    sys.exit(f"Start it with what the run was made of: python {{sys.argv[0]}} {words}")
{names}*_ = sys.argv[1:]
"""

READ_CSV = """
csv.field_size_limit(2**31 - 1)
# All cells stay text. A row with more cells than columns can't be read; it gets no prediction.
table = pd.read_csv(
    DATASET, sep=DELIMITER, encoding=ENCODING, encoding_errors="replace", header=HEADER,
    names=COLUMNS, index_col=False, dtype=str, keep_default_na=False, nrows=LIMIT,
    quotechar=QUOTE or '"', quoting=csv.QUOTE_MINIMAL if QUOTE else csv.QUOTE_NONE,
    skip_blank_lines=len(COLUMNS) > 1, engine="python",
    on_bad_lines=lambda cells: [""] * len(COLUMNS),
)
contents = list(table[COLUMN])
"""

READ_LINES = """
with open(DATASET, encoding=ENCODING, errors="replace") as file:
    contents = file.read().rstrip("\\n").split("\\n")[:LIMIT]
table = pd.DataFrame({COLUMN: contents})
"""

READ_PARQUET = """
table = pd.read_parquet(DATASET).head(LIMIT)
contents = list(table[COLUMN])
"""

READ_FOLDER = """
names = [path.relative_to(DATASET).as_posix() for path in Path(DATASET).rglob("*")]
names = [name for name in names if Path(name).suffix.lower() in PICTURES and "/." not in f"/{name}"]
names = sorted(names, key=lambda name: (name.casefold(), name))[:LIMIT]
table = pd.DataFrame({COLUMNS[0]: names})
contents = [Path(DATASET, name).read_bytes() for name in names]
"""

READ_WITH_GOLEMS = f"""
{NEEDS_GOLEMS}
# pandas doesn't read this kind of dataset, or this selection of its rows, as the run did.
from golems.datasets import open_dataset

dataset = open_dataset(
    DATASET, task_kind=CONTENT, kind=KIND, column=COLUMN, limit=LIMIT, **OPTIONS
)
rows = list(dataset.rows())
table = pd.DataFrame([row.fields for row in rows], columns=COLUMNS)
contents = [row.content for row in rows]
"""

SCORES = """

def scores_of(logits):
    if model.config.problem_type == "regression":
        return logits.double()
    if model.config.problem_type == "multi_label_classification" or model.config.num_labels == 1:
        return logits.double().sigmoid()
    return logits.double().softmax(-1)


found = [None] * len(contents)  # label -> score of each row, best first; None where it failed


def keep(places, logits):
    for place, scores in zip(places, scores_of(logits.float()).cpu()):
        values, labels = scores.sort(descending=True, stable=True)
        pairs = list(zip(labels.tolist(), values.tolist()))[:TOP_K]
        found[place] = {model.config.id2label[label]: round(score, 8) for label, score in pairs}

"""

CLASSIFY_TEXTS = """
tokenizer = AutoTokenizer.from_pretrained(MODEL, **WHICH)
model = AutoModelForSequenceClassification.from_pretrained(MODEL, dtype=DTYPE, **WHICH)
model = model.to(DEVICE).eval()
# What the model reads at most: RoBERTa's family counts positions from after its padding.
limits = [tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", None), 10**9]
for name, part in model.named_modules():
    if name.endswith("position_embeddings") and isinstance(part, torch.nn.Embedding):
        padding = part.padding_idx
        limits.append(part.num_embeddings - (0 if padding is None else padding + 1))
most = int(min(limit for limit in limits if limit and limit > 0))
tokenizer.truncation_side = TRUNCATION_SIDE
tokenizer.padding_side = "left" if model.config.model_type == "xlnet" else "right"
if tokenizer.pad_token_id is None or model.config.pad_token_id is None:
    BATCH_SIZE = 1
{scores}
# Texts of like length go together, so that little padding is computed.
places = [n for n, text in enumerate(contents) if isinstance(text, str) and text.strip()]
places.sort(key=lambda place: len(contents[place]))
for first in range(0, len(places), BATCH_SIZE):
    some = places[first : first + BATCH_SIZE]
    texts = [contents[place] for place in some]
    batch = tokenizer(
        texts, padding=len(texts) > 1, truncation=True, max_length=most, return_tensors="pt"
    )
    with torch.inference_mode():
        keep(some, model(**batch.to(DEVICE)).logits)
"""

CLASSIFY_PICTURES = """
processor = AutoImageProcessor.from_pretrained(MODEL, **WHICH)
model = AutoModelForImageClassification.from_pretrained(MODEL, dtype=DTYPE, **WHICH)
model = model.to(DEVICE).eval()
{scores}
def opened(data):
    picture = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if picture.has_transparency_data:
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture.convert("RGBA"))
    return picture.convert("RGB")


for first in range(0, len(contents), BATCH_SIZE):
    some, pictures = [], []
    for place in range(first, min(first + BATCH_SIZE, len(contents))):
        try:
            pictures.append(opened(contents[place]))
            some.append(place)
        except (OSError, ValueError, SyntaxError, TypeError) as error:
            print(f"Row {{place + 1}} can't be read: {{error}}")
    if pictures:
        batch = processor(images=pictures, return_tensors="pt").to(DEVICE, DTYPE)
        with torch.inference_mode():
            keep(some, model(**batch).logits)
"""

WRITE_TEXTS = """
tokenizer = AutoTokenizer.from_pretrained(MODEL, **WHICH)
model = AutoModelForCausalLM.from_pretrained(MODEL, dtype=DTYPE, **WHICH).to(DEVICE).eval()
found = [None] * len(contents)
for place, prompt in enumerate(contents):  # one at a time, so that nothing depends on the others
    if not isinstance(prompt, str) or not prompt.strip():
        continue
    if INSTRUCTION:
        message = [{"role": "user", "content": prompt}]
        ids = tokenizer.apply_chat_template(
            message, add_generation_prompt=True, return_dict=False, return_tensors="pt"
        )
    else:
        ids = tokenizer(prompt, return_tensors="pt").input_ids
    room = getattr(model.config, "max_position_embeddings", None) or 10**9
    if ids.shape[1] + GENERATION["max_new_tokens"] > room:
        continue  # a prompt that doesn't fit is not cut
    torch.manual_seed(SEED)
    ids = ids.to(DEVICE)
    with torch.inference_mode():
        out = model.generate(ids, attention_mask=torch.ones_like(ids), num_beams=1, **GENERATION)
    text = tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True)
    found[place] = text if INSTRUCTION else prompt + text
"""

WITH_GOLEMS = f"""
{NEEDS_GOLEMS}
# Plain transformers doesn't know this architecture; the library adds it.
from golems.golem import Golem, plan_load
from golems.registry import card_named, choose_checkpoint

card = card_named(GOLEM, TASK)
checkpoint = choose_checkpoint(card, CHECKPOINT)
golem = Golem.load(plan_load(card, checkpoint, device=DEVICE, precision=PRECISION))
found = []
for first in range(0, len(contents), BATCH_SIZE):
    some = golem.predict(contents[first : first + BATCH_SIZE], golem.parameters(**PARAMETERS))
    for outcome in some:
        scores = outcome.prediction.scores if outcome.prediction else ()
        found.append({{one.label: one.score for one in scores}} or None)
"""

ADD_LABELS = """
table[NAMES["predicted_label"]] = [next(iter(one)) if one else None for one in found]
table[NAMES["predicted_score"]] = [next(iter(one.values())) if one else None for one in found]
table[NAMES["predicted_scores"]] = [json.dumps(one) if one else None for one in found]
"""

ADD_TEXTS = """
table[NAMES["generated_text"]] = found
"""

WRITE = """\
# A line end with a carriage return has Python put quotes around cells that hold one.
table.to_csv(OUTPUT, index=False, lineterminator="\\r\\n")
print(f"Wrote {len(table):,} rows to {OUTPUT}")
"""
