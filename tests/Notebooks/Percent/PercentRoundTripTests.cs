using System.Text;
using System.Text.Json.Nodes;
using Holdfast.Notebooks.Percent;
using Holdfast.Notebooks.Tests.Corpus;

namespace Holdfast.Notebooks.Tests.Percent;

public class PercentRoundTripTests
{
    private static readonly string[] Nasty =
    [
        "# %%", "# %% [markdown]", "#%%", "# # %%", "%% x", "\\%% x", "# In[1]:", "In[1]:", "<codecell>", "%matplotlib inline", "# %time f()", "!ls \\", "  more", "x?", "# why?", "cd /tmp",
        "# cd", "\"\"\"", "'''", "s = \"\"\"", "it's", "\\", "# ---", "---", "def f():", "    return 1", "", "", " ", "é 🚀", "tab\t", "x = 1  # it's", "\rcarriage", "end\r", "%%bash", "%%bash -s", "%%bash ", "#", "# ", "    # !x", "y = !ls",
    ];

    [Fact]
    public void Read_OfWhatWasWritten_IsTheSameNotebook()
    {
        for (var seed = 0; seed < 5000; seed++)
        {
            var notebook = Notebook(seed);
            var script = NotebookPercent.Of(notebook).Text;
            Assert.True(NotebookPercent.Read(script).TryGet(out var read, out var fault), fault?.Message);
            Assert.Equal(notebook.Cells.Select(Said), read.Cells.Select(Said));
            if (read.Cells.Select(cell => cell.Source).SequenceEqual(notebook.Cells.Select(cell => cell.Source)) && !script.Contains("active=", StringComparison.Ordinal)) Assert.Equal(script, NotebookPercent.Of(read).Text);
        }
    }

    [Fact]
    public void Read_OfGeneratedNotebooks_HasTheirCells()
    {
        foreach (var file in Samples.Generated(400))
        {
            var notebook = Samples.Read(file).Upgrade();
            Assert.True(NotebookPercent.Read(NotebookPercent.Of(notebook).Text).TryGet(out var read, out var fault), fault?.Message);
            Assert.Equal(notebook.Cells.Select(cell => (cell.Type, Kept(cell))), read.Cells.Select(cell => (cell.Type, Kept(cell))));
        }
    }

    [Fact]
    public void Update_WithTheScriptAsItWas_IsTheVeryNotebook()
    {
        foreach (var file in Samples.Generated(400))
        {
            var notebook = Samples.Read(file);
            Assert.True(NotebookPercent.Update(notebook, NotebookPercent.Of(notebook).Text).TryGet(out var updated, out _));
            Assert.Same(notebook, updated);
        }
    }

    [Fact]
    public void Update_AfterAnEdit_KeepsOutputsIdsAndMetadataOfTheOthers()
    {
        var notebook = Samples.Read(File.ReadAllBytes(Path.Combine(Samples.TestData, "jupyter-4.5.ipynb")));
        var script = NotebookPercent.Of(notebook).Text;
        var code = notebook.Cells.Select((cell, number) => (cell, number)).Last(cell => cell.cell.Type == "code");
        var first = code.cell.Source.Split('\n')[0];

        Assert.True(NotebookPercent.Update(notebook, script.Replace(first, first + "  # edited", StringComparison.Ordinal) + "\n# %% new tags=[\"t\"]\nadded = 1\n").TryGet(out var updated, out _));

        Assert.Equal(notebook.Cells.Count + 1, updated.Cells.Count);
        for (var cell = 0; cell < notebook.Cells.Count; cell++)
        {
            Assert.Equal(notebook.Cells[cell].Id, updated.Cells[cell].Id);
            Assert.Equal(Encoding.UTF8.GetString(notebook.Cells[cell].OutputsJson.Span), Encoding.UTF8.GetString(updated.Cells[cell].OutputsJson.Span));
            Assert.Equal(Encoding.UTF8.GetString(notebook.Cells[cell].MetadataJson.Span), Encoding.UTF8.GetString(updated.Cells[cell].MetadataJson.Span));
            if (cell != code.number) Assert.True(notebook.Cells[cell].Json.Span.SequenceEqual(updated.Cells[cell].Json.Span));
        }

        Assert.StartsWith(first + "  # edited", updated.Cells[code.number].Source, StringComparison.Ordinal);
        Assert.Equal("added = 1", updated.Cells[^1].Source);
        Assert.Equal(["t"], updated.Cells[^1].Tags);
    }

    [Fact]
    public void Update_WithCellsMovedAndRemoved_MovesTheirOutputs()
    {
        var notebook = NotebookPercentTests.Notebook("{}", ("code", "a = 1", """{"scrolled":true}"""), ("code", "b = 2", "{}"), ("code", "c = 3", "{}"));

        Assert.True(NotebookPercent.Update(notebook, "# %% tags=[\"x\"]\nc = 3\n\n# %%\na = 1\n").TryGet(out var updated, out _));

        Assert.Equal(["c = 3", "a = 1"], updated.Cells.Select(cell => cell.Source));
        Assert.Equal(["x"], updated.Cells[0].Tags);
        Assert.Contains("scrolled", Encoding.UTF8.GetString(updated.Cells[1].MetadataJson.Span), StringComparison.Ordinal);
        Assert.All(updated.Cells, cell => Assert.NotEqual("[]"u8.ToArray(), cell.OutputsJson.ToArray()));
    }

    private static NotebookDocument Notebook(int seed)
    {
        var random = new Random(seed);
        var cells = new JsonArray();
        for (var cell = random.Next(1, 6); cell > 0; cell--)
        {
            var type = random.Next(3) switch { 0 => "markdown", 1 => "raw", _ => "code" };
            var source = string.Join('\n', Enumerable.Range(0, random.Next(7)).Select(_ => Nasty[random.Next(Nasty.Length)]));
            var metadata = random.Next(3) == 0 ? new JsonObject { ["tags"] = new JsonArray("é", "a b=c"), ["title"] = random.Next(2) == 0 ? "A title" : "a = [raw] {b}", ["x"] = null } : [];
            var node = new JsonObject { ["cell_type"] = type, ["metadata"] = metadata, ["source"] = source };
            if (type == "code") (node["outputs"], node["execution_count"]) = (new JsonArray(), null);
            cells.Add(node);
        }

        return Samples.Read(new JsonObject { ["cells"] = cells, ["metadata"] = new JsonObject { ["kernelspec"] = new JsonObject { ["name"] = "python3", ["language"] = "python" } }, ["nbformat"] = 4, ["nbformat_minor"] = 4 }.ToJsonString());
    }

    /// <summary>What a script holds of a cell. One that leaves a string open gets metadata that say so.</summary>
    private static string Said(NotebookCell cell)
    {
        var metadata = JsonNode.Parse(cell.MetadataJson.Span)!.AsObject();
        metadata.Remove("active");
        return $"{cell.Type} {metadata.Count} {metadata["title"]} {metadata["tags"]?.ToJsonString()} {JsonValue.Create(Kept(cell)).ToJsonString()}";
    }

    /// <summary>A source as jupytext's blank lines leave it: what is blank at the end of code goes, when it is a single line.</summary>
    private static string Kept(NotebookCell cell)
    {
        var lines = cell.Source.Split('\n');
        if (cell.Type != "code" || !string.IsNullOrWhiteSpace(lines[^1]) || cell.Source.StartsWith("%%bash", StringComparison.Ordinal)) return cell.Source;
        if (lines.Length == 1) return "";
        return string.IsNullOrWhiteSpace(lines[^2]) ? cell.Source : string.Join('\n', lines[..^1]);
    }
}
