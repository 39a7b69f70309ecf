using Holdfast.Notebooks.Running;
using Holdfast.Notebooks.Tests.Corpus;

namespace Holdfast.Notebooks.Tests.Running;

/// <summary>The notebook that a run writes.</summary>
public sealed class RunNotebookTests
{
    private static readonly DateTimeOffset Began = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static NotebookDocument Parse(string json) => NotebookDocument.Parse(System.Text.Encoding.UTF8.GetBytes(json)).TryGet(out var document, out var fault) ? document : throw new InvalidOperationException(fault.Message);

    [Fact]
    public void Start_OfANotebookWithOutputs_HasNone_AndKeepsEverythingElse()
    {
        foreach (var (document, number) in Enumerable.Range(0, 60).Select(number => (Samples.Read(number % 3 == 0 ? new NotebookGenerator(number).File(3, 0) : new NotebookGenerator(number).File(4, number % 6)), number)))
        {
            var run = RunNotebook.Of(document, "in", "out", "v", [], Began)!;
            Assert.Equal(document.Upgrade().Cells.Select(cell => (cell.Type, cell.Source)), run.Start.Cells.Select(cell => (cell.Type, cell.Source)));
            Assert.All(run.Start.Cells.Where(cell => cell.Type == "code"), cell => Assert.True(cell.OutputsJson.Span.SequenceEqual("[]"u8) && cell.ExecutionCount is null, $"notebook {number}"));
            Assert.Equal(run.Start.Bytes.ToArray(), run.Apply(run.Start).Bytes.ToArray());
        }
    }

    [Fact]
    public void Cells_WithoutCodeOrTagged_AreNotRun()
    {
        var run = RunNotebook.Of(Parse("""
            {"cells":[{"cell_type":"markdown","id":"m","metadata":{},"source":"x"},
            {"cell_type":"code","id":"a","metadata":{},"outputs":[],"execution_count":null,"source":"#| export\n\n# Train *it*\nfit()"},
            {"cell_type":"code","id":"b","metadata":{"tags":["skip-execution"]},"outputs":[],"execution_count":null,"source":"b"},
            {"cell_type":"code","id":"c","metadata":{},"outputs":[],"execution_count":null,"source":" \n"},
            {"cell_type":"code","id":"d","metadata":{"tags":["raises-exception"]},"outputs":[],"execution_count":null,"source":"d # papermill_description=Load data\nx"}],
            "metadata":{},"nbformat":4,"nbformat_minor":5}
            """), "in", "out", "v", [], Began)!;

        Assert.Equal([("a", false, "Train *it*"), ("d", true, "Load data")], run.Cells.Select(cell => (cell.Id, cell.MayFail, cell.Description)));
    }

    [Fact]
    public void Apply_ToAFileThatAPageHasChanged_FindsItsCellsById()
    {
        var run = RunNotebook.Of(Parse("""
            {"cells":[{"cell_type":"code","id":"a","metadata":{"x":1},"outputs":[],"execution_count":null,"source":"a"},
            {"cell_type":"code","id":"b","metadata":{},"outputs":[],"execution_count":null,"source":"b"}],"metadata":{},"nbformat":4,"nbformat_minor":5}
            """), "in", "out", "v", [], Began)!;
        run.Begin(run.Cells[1], Began);
        run.End(run.Cells[1], Began.AddSeconds(1.5), hasFailed: true);
        run.End(Began.AddSeconds(2));
        var editor = run.Start.Edit();
        editor.MoveCell(1, 0);
        editor.InsertCell(1, "markdown", "by the page", "p");

        var written = run.ApplyError(editor.ToDocument(), run.Cells[1], 7);

        Assert.Equal(["markdown", "markdown", "code", "markdown", "code"], written.Cells.Select(cell => cell.Type));
        Assert.Contains("'<a href=\"#papermill-error-cell\">In [7]</a>'", written.Cells[0].Source, StringComparison.Ordinal);
        Assert.Equal(
            """{"papermill":{"duration":1.5,"end_time":"2026-01-02T03:04:06.500000+00:00","exception":true,"start_time":"2026-01-02T03:04:05.000000+00:00","status":"failed"}}""",
            Compact(written.Cells[2].MetadataJson));
        Assert.Equal("{}", Compact(written.Cells[3].MetadataJson));
        Assert.Contains("\"status\":\"completed\"", Compact(written.Cells[4].MetadataJson), StringComparison.Ordinal);
        Assert.Contains("\"x\":1", Compact(written.Cells[4].MetadataJson), StringComparison.Ordinal);
        Assert.Contains("\"exception\":true", Compact(written.MetadataJson), StringComparison.Ordinal);
        Assert.Contains("\"duration\":2,", Compact(written.MetadataJson), StringComparison.Ordinal);
    }

    private static string Compact(ReadOnlyMemory<byte> json) => System.Text.Json.Nodes.JsonNode.Parse(json.Span)!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
