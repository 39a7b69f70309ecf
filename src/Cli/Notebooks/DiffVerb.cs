using System.CommandLine;
using System.Text.Json;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Comparing;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb diff</c>: how two notebooks differ. As diff does, it exits with 0 when they do not, 1 when they do, and 2 when it cannot tell.</summary>
internal static class DiffVerb
{
    private const int Trouble = 2;

    public static Command Create()
    {
        var a = new Argument<string>("A") { Description = "The earlier notebook, or - for standard input." };
        var b = new Argument<string>("B") { Description = "The later notebook." };
        var format = Output.Format();
        var command = new Command("diff", "Show how two notebooks differ, cell by cell: sources as a diff, outputs in words. Exits with 0 when nothing differs, 1 when something does, 2 on trouble.") { a, b, format };
        command.SetAction(parse =>
        {
            var (before, after) = (Read(parse.GetValue(a)!), Read(parse.GetValue(b)!));
            if (before is null || after is null) return Trouble;
            var isSame = before.Bytes.Span.SequenceEqual(after.Bytes.Span);
            if (parse.GetValue(format) == "json") WriteJson(NotebookComparison.Of(before, after), isSame);
            else if (!isSame) DiffText.Write(before, after);
            return isSame ? 0 : 1;
        });
        return command;
    }

    /// <summary>Reads a notebook; git and shells name what is not there by an empty file, which counts as a notebook without cells.</summary>
    private static NotebookDocument? Read(string path)
    {
        if (NotebookFile.TryParseOrEmpty(path, out var notebook, out var error)) return notebook;
        Output.Fail(error);
        return null;
    }

    private static void WriteJson(NotebookComparison comparison, bool isSame) => Output.Json(json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("same", isSame);
        json.WriteString("change", isSame ? "no difference" : ChangeWords.Of(comparison));
        json.WriteBoolean("metadata", comparison.MetadataChanged);
        json.WriteStartArray("cells");
        foreach (var cell in comparison.Cells.Where(cell => !cell.IsSame)) Write(json, comparison, cell);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, NotebookComparison comparison, CellDifference cell)
    {
        NotebookCell? before = cell.Before is { } old ? comparison.Before.Cells[old] : null;
        NotebookCell? after = cell.After is { } now ? comparison.After.Cells[now] : null;
        json.WriteStartObject();
        WriteNumber("before", cell.Before);
        WriteNumber("after", cell.After);
        json.WriteString("id", (after ?? before)!.Value.Id);
        json.WriteString("type", (after ?? before)!.Value.Type);
        WriteList("source", cell.Source ? LineDifference.Of(before?.Source ?? "", after?.Source ?? "").Select(line => line.Sign + line.Text) : []);
        json.WriteString("outputs", cell.Outputs switch { OutputsChange.Cleared => "cleared", OutputsChange.Changed => "changed", _ => "same" });
        WriteList("outputs_before", (after is null || cell.Outputs != OutputsChange.None) && before is { } then ? OutputWords.Of(then) : []);
        WriteList("outputs_after", (before is null || cell.Outputs != OutputsChange.None) && after is { } there ? OutputWords.Of(there) : []);
        json.WriteBoolean("rest", cell.Rest);
        json.WriteEndObject();

        void WriteNumber(string name, int? number)
        {
            if (number is { } known) json.WriteNumber(name, known);
            else json.WriteNull(name);
        }

        void WriteList(string name, IEnumerable<string> texts)
        {
            json.WriteStartArray(name);
            foreach (var text in texts) json.WriteStringValue(text);
            json.WriteEndArray();
        }
    }
}
