"""What did not work is not ticked: trainings that learned nothing or diverged, notebooks that never ran."""

import csv
import json
import re
from typing import Any

import pytest

import workshop
from tests.checking.written import NOTEBOOKS, Cells, alter, replace
from tests.toy.commands import invoke
from workshop.checking.checks import check_notebook, check_numbers
from workshop.checking.views import card, headline

LEARNED_NOTHING = "It learned nothing: no epoch is better than guessing."


def train(losses: list[float], accuracies: list[float]) -> Any:
    """Return a change of exercise 3.03 to five whole epochs with these losses and accuracies."""
    rows = (
        f"Epoch {epoch}/{len(losses)}\n125/125 - 9s - 70ms/step - accuracy: {accuracy:.4f} - loss: {loss:.4f}"
        f" - val_accuracy: {accuracy:.4f} - val_loss: {loss:.4f}\n"
        for epoch, (loss, accuracy) in enumerate(zip(losses, accuracies, strict=True), start=1)
    )

    def change(cells: Cells) -> None:
        replace(("epochs = 2", "epochs = 5"), ("steps_per_epoch=3", "steps_per_epoch=125"))(cells)
        (cell,) = (cell for cell in cells if "model.fit" in cell["source"])
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "".join(rows)}]
        cells[-1]["outputs"][0]["data"]["text/plain"] = repr(accuracies)

    return change


DEAD = [
    ([7.71] * 5, [0.5] * 5),
    ([0.81, 0.6932, 0.6931, 0.6931, 0.6932], [0.5012, 0.5, 0.4988, 0.5, 0.5]),
    ([14.2, 7.9, 7.7, 7.7, 7.6], [0.5, 0.5, 0.51, 0.5, 0.5]),
]
ALIVE = [
    ([0.6931, 0.6677, 0.62, 0.4822, 0.3913], [0.5, 0.599, 0.66, 0.767, 0.815]),
    ([0.71, 0.69, 0.69, 0.68, 0.68], [0.5, 0.56, 0.58, 0.59, 0.6]),  # the accuracy rises
    ([0.71, 0.69, 0.67, 0.65, 0.65], [0.5, 0.5, 0.51, 0.5, 0.51]),  # the loss falls
    ([0.004] * 5, [1.0] * 5),  # it was trained before
]


@pytest.mark.parametrize(("losses", "accuracies"), DEAD)
def test_a_dead_network_is_named_without_recorded_runs(losses, accuracies, tmp_path):
    report = check_notebook(alter("ch03.ex03-1001-short", tmp_path, train(losses, accuracies)))
    (unit,) = report.units

    assert (unit.state, unit.edits) == ("✘", ())
    assert card(unit).second == LEARNED_NOTHING
    assert "fine" not in headline(report)


@pytest.mark.parametrize(("losses", "accuracies"), ALIVE)
def test_a_network_that_learns_is_not(losses, accuracies, tmp_path):
    """However little; the last two would be dead by their losses or accuracies alone."""
    report = check_notebook(alter("ch03.ex03-1001-short", tmp_path, train(losses, accuracies)))

    assert all(unit.learned for unit in report.units)


def test_a_training_that_also_the_book_has_is_not_dead():
    rows = [("2.act01.log.1", [0.1849, 0.9038]), ("2.act01.log_epoch10", [0.054, 0.98])]

    assert all(unit.learned for unit in check_numbers("mine", rows).units)


def errors(train: str, test: str) -> Any:
    """Return a change of the errors that exercise 5.04 prints."""

    def change(cells: Cells) -> None:
        for cell in cells:
            for output in cell["outputs"]:
                if "RMSE" in "".join(output.get("text", "")):
                    output["text"] = f"Train RMSE: {train} RMSE\nTest RMSE: {test} RMSE\n"

    return change


@pytest.mark.parametrize("text", ["nan", "inf"])
def test_a_result_that_is_not_finite_diverged(text, tmp_path):
    report = check_notebook(alter("ch05.ex04-1001-adds", tmp_path, errors(text, text)))
    verdicts = {each.claim: each.verdict for each in report.judgements}

    assert report.state == "✘"
    assert verdicts["ch05.ex04.test_rmse"] == verdicts["ch05.ex04.train_rmse"] == "diverged"


def clear(cells: Cells) -> None:
    """Clear all outputs, as `Restart and clear output` does."""
    for cell in cells:
        cell["outputs"] = []


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("ch0[1-7]*-1001-*.ipynb"))[::8], ids=lambda p: p.stem)
def test_a_notebook_without_outputs_was_not_run(path, tmp_path):
    report = check_notebook(alter(path.stem, tmp_path, clear))

    assert (report.state, report.units, report.judged) == ("–", (), False)
    assert headline(report) == "This notebook was not run: no cell has an output"


def test_settings_alone_are_no_result(tmp_path):
    def change(cells: Cells) -> None:
        clear(cells)
        cells[0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "3.15.0\n"}]

    report = check_notebook(alter("ch05.ex04-1001-adds", tmp_path, change))

    assert [each.claim for each in report.judgements] == ["ch05.ex04.training_setup"]
    assert {each.state for each in report.judgements} == {report.state} == {"–"}
    assert "no output shows that it ran" in report.judgements[0].sentence


def test_a_notebook_that_was_not_run_has_its_own_word(tmp_path):
    folder = tmp_path / "class"
    folder.mkdir()
    alter("ch05.ex04-1001-adds", folder, lambda _: None)
    unrun = alter("ch05.ex05-1001-loop", folder, clear)
    table = tmp_path / "grades.csv"
    alone = invoke("check", unrun)
    together = invoke("check", folder, "--csv", table)
    content = json.loads(invoke("check", folder, "--json").stdout)
    rows = [*csv.reader(table.read_text("utf-8-sig").splitlines())]

    assert alone.exit_code == 2
    assert "This notebook was not run: no cell has an output." in alone.stdout
    assert together.exit_code == 0
    assert "ch05.ex05-1001-loop.ipynb: it was not run, as no cell has an output." in " ".join(
        together.stdout.split()
    )
    assert ["ch05.ex05-1001-loop.ipynb", "", "0", "0", "0", "0", "not run"] in rows
    assert [each["not_run"] for each in content] == [False, True]


DIGITS = [
    # what a program printed, and whether it is as it should be
    ("7.text04.smart_probabilities.real", "0.63", False),
    ("7.04.noise_source.mean", "0.41", False),
    ("7.04.noise_source.mean", "0.011", True),
    ("5.02.yt1_saturated", "0.9694", False),
    ("5.02.yt1_saturated", "0.99995", True),
    ("1.act01.near_5", "5.4", False),
    ("1.act01.near_5", "5.004", True),
    ("2.05.eval_accuracy.accuracy", "1.0", True),
    ("7.03.final_accuracy.real", "1", True),
    ("6.02.test_acc", "1.0", False),  # not 0.87, rounded to one digit
]


@pytest.mark.parametrize(("claim", "typed", "fine"), DIGITS)
def test_a_bound_decides_before_digits(claim, typed, fine):
    judged = workshop.check(claim, typed)

    assert (judged.state == "✔") == fine, judged.sentence
    assert fine or not judged.verdict.startswith(("equals", "agrees"))


def test_a_printed_matrix_equals_no_other_that_rounds_to_it(tmp_path):
    def change(cells: Cells) -> None:
        for cell in cells:
            for output in cell["outputs"]:
                data = output.get("data", {})
                for part, key in ((output, "text"), (data, "text/plain")):
                    if key in part:
                        part[key] = re.sub(r"(?<![\d.])1\.(?=[\s,\]])", "0.9694", "".join(part[key]))

    honest = check_notebook(NOTEBOOKS / "ch05.ex02-1001-typed.ipynb")
    report = check_notebook(alter("ch05.ex02-1001-typed", tmp_path, change))
    states = {each.claim: each.state for each in report.judgements}

    assert {each.state for each in honest.judgements} == {"✔"}
    assert states.get("ch05.ex02.yt1") != "✔"


@pytest.mark.parametrize("unit", ["7.03", "7.04"])
def test_a_batch_of_128_meets_no_other_number_by_chance(unit):
    judged = [workshop.check(f"{unit}.final_accuracy.fake", repr(count / 128)) for count in range(129)]

    assert {each.verdict for each in judged}.isdisjoint({"another number", "perhaps another number"})


def test_another_number_is_still_named_where_chance_does_not_meet_it():
    report = check_notebook(NOTEBOOKS / "ch07.ex03-1001-short.ipynb")

    assert workshop.check("2.04.accuracy", 0.9099).verdict == "another number"
    assert "another number" not in {each.verdict for each in report.judgements}


def test_prices_in_dollars_are_wrong_and_not_rare(tmp_path):
    report = check_notebook(alter("ch05.ex04-1001-adds", tmp_path, errors("4.86", "30007")))
    sentences = {each.claim: each.sentence for each in report.judgements}

    assert report.state == "✘"
    assert "times the largest run: is it in dollars?" in sentences["ch05.ex04.test_rmse"]


def test_a_readers_folder_is_a_list_and_a_class_is_a_table(tmp_path):
    names = ["ch05.ex04-1001-adds", "ch05.ex05-1001-rate", "ch02.ex06-1001-loop"]
    for name in names:
        alter(name, tmp_path, lambda _: None)
    mine = invoke("check", tmp_path).stdout.splitlines()
    (tmp_path / "other.ipynb").write_text((tmp_path / f"{names[0]}.ipynb").read_text("utf-8"), "utf-8")
    theirs = invoke("check", tmp_path).stdout

    assert [line.split()[:2] for line in mine[2:5]] == [["✔", "2.06"], ["✔", "5.04"], ["✘", "5.05"]]
    assert "ch05.ex05-1001-rate.ipynb" in mine[4]
    assert "Other code: learning_rate" in mine[4]
    assert "not found" not in "".join(mine)
    assert "not found" in theirs


def test_csv_of_half_of_europe_is_read(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(
        "claim;value\n2.04.accuracy;0,9304\n5.04.test_rmse;0,041\n5.04.test_rmse;0,9\n"
        "2.05.log_first[0];0,8475\n2.05.log_first[1];0,4286\n2.05.log_first[1];0,5\n4.act01.n;1,121\n",
        "utf-8",
    )
    result = invoke("check", path, "--json")
    content = json.loads(result.stdout)

    assert {row["claim"]: (row["yours"], row["state"]) for row in content["results"]} == {
        "ch02.ex04.accuracy": ("0.9304", "✔"),
        "ch02.ex05.log_first": ("[0]: 0.8475, [1]: 0.4286", "✔"),
        "ch05.ex04.test_rmse": ("0.041", "✔"),
    }
    assert "line 4: 5.04.test_rmse was given before, in line 3: leave one of them" in result.stderr
    assert "line 7: 2.05.log_first[1] was given before, in line 6" in result.stderr
