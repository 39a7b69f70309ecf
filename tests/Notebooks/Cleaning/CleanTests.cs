using System.Text;
using Holdfast.Notebooks.Cleaning;
using Holdfast.Notebooks.Tests.Corpus;

namespace Holdfast.Notebooks.Tests.Cleaning;

public sealed class CleanTests
{
    private static readonly CleanRules Default = new();

    /// <summary>A rule, a piece of a notebook, and what it becomes.</summary>
    public static TheoryData<string, string, string> Rules => new()
    {
        { "counts", Cell("""{"cell_type":"code","execution_count":3,"metadata":{},"outputs":[{"execution_count":3,"output_type":"execute_result"}],"source":[]}"""), Cell("""{"cell_type":"code","execution_count":null,"metadata":{},"outputs":[{"execution_count":null,"output_type":"execute_result"}],"source":[]}""") },
        { "notebook metadata", Metadata("""{"a":1,"kernelspec":{"name":"x"},"jekyll":1, "signature":"s","jupytext":2,"doc":3,"widgets":4,"nbdev":5,"language_info":{}}"""), Metadata("""{"kernelspec":{"name":"x"},"jekyll":1, "jupytext":2,"doc":3,"widgets":4,"nbdev":5}""") },
        { "no metadata left", Metadata("""{ "language_info": {} }"""), Metadata("{}") },
        { "kernel's name", Metadata("""{"kernelspec":{"display_name":"Python 3 (ipykernel)","name":"python3"}}"""), Metadata("""{"kernelspec":{"display_name":"python3","name":"python3"}}""") },
        { "cell metadata", Cell("""{"metadata":{"collapsed":true, "hide_input":true,"nbdev":{},"tags":["x"],"trusted":true,"scrolled":1},"source":[]}"""), Cell("""{"metadata":{"hide_input":true,"nbdev":{},"tags":["x"]},"source":[]}""") },
        { "output metadata", Output("""{"data":{},"metadata":{"image/png":{"width":1}},"output_type":"display_data"}"""), Output("""{"data":{},"metadata":{},"output_type":"display_data"}""") },
        { "Colab", Output("""{"data":{"application/vnd.google.colaboratory.intrinsic+json":{"type":"s"},"text/plain":"a"}}"""), Output("""{"data":{"text/plain":"a"}}""") },
        { "line end of an image", Output("""{"data":{"image/png":"iVBO\n","image/svg+xml":"<svg>\n"}}"""), Output("""{"data":{"image/png":"iVBO","image/svg+xml":"<svg>\n"}}""") },
        { "source of one empty line", Cell("""{"source":[""]}"""), Cell("""{"source":[]}""") },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Rule_AppliesToItsPart_AndNothingElseChanges(string rule, string before, string after)
    {
        Assert.NotEmpty(rule);
        Assert.Equal(after, Clean(before, Default));
    }

    [Theory]
    [InlineData("<a.B at 0x7f00AbC9>", "<a.B>")]
    [InlineData("<function f at 0x1> and <function g at 0x2>", "<function f> and <function g>")]
    [InlineData("<bound method A.f of <A object at 0x7f1>>", "<bound method A.f of <A object>>")]
    [InlineData("no bracket at 0x1>", "no bracket at 0x1>")]
    [InlineData("<not closed at 0x1", "<not closed at 0x1")]
    [InlineData("<no digits at 0x>", "<no digits at 0x>")]
    [InlineData("<other line\\n at 0x1>", "<other line\\n at 0x1>")]
    [InlineData("<a backslash \\\\n at 0x1>", "<a backslash \\\\n>")]
    [InlineData("\\u003ca at 0x1\\u003E", "\\u003ca\\u003E")]
    [InlineData("<a at 0x1 at 0x2>", "<a>")]
    [InlineData("<Ω at 0x1>", "<Ω>")]
    public void MemoryAddress_BetweenBracketsOnALine_IsTakenOut(string text, string cleaned)
    {
        foreach (var output in new[] { """{"output_type":"stream","text":["first\n","TEXT"]}""", """{"output_type":"stream","text":"TEXT"}""", """{"data":{"text/html":["TEXT"]}}""" })
            Assert.Equal(Output(output.Replace("TEXT", cleaned, StringComparison.Ordinal)), Clean(Output(output.Replace("TEXT", text, StringComparison.Ordinal)), Default));
        var kept = Output($$"""{"output_type":"stream","text":"{{text}}"}""");
        Assert.Equal(kept, Clean(kept, Default with { KeepIds = true }));
        var elsewhere = Output($$"""{"data":{"application/json":"{{text}}"} }""");
        Assert.Equal(elsewhere, Clean(elsewhere, Default));
    }

    [Fact]
    public async Task MemoryAddress_OnALineOfMegabytes_TakesNoTime()
    {
        var line = string.Concat(Enumerable.Repeat("< at 0x1 at 0x1", 200_000));
        var text = Output($$"""{"output_type":"stream","text":"{{line}}"}""");

        var cleaned = await Task.Run(() => Clean(text, Default), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal(text, cleaned);
    }

    [Fact]
    public void Outputs_Stripped_StayWhereTheCellAsksForIt()
    {
        var strip = Default with { StripOutputs = true };
        const string cell = """{"cell_type":"code","metadata":METADATA,"outputs":[ {"output_type":"stream","text":"a"} ],"source":[]}""";
        string With(string metadata, string? outputs = null) => Cell(cell.Replace("METADATA", metadata, StringComparison.Ordinal).Replace("""[ {"output_type":"stream","text":"a"} ]""", outputs ?? """[ {"output_type":"stream","text":"a"} ]""", StringComparison.Ordinal));

        Assert.Equal(With("{}", "[]"), Clean(With("{}"), strip));
        Assert.Equal(With("""{"tags":["keep_output"]}"""), Clean(With("""{"tags":["keep_output"]}"""), strip));
        Assert.Equal(With("""{"keep_output":true}"""), Clean(With("""{"keep_output":true}"""), strip));
        Assert.Equal(With("{}", "[]"), Clean(With("""{"tags":["keep_output"]}"""), Default with { ClearAll = true }));
        Assert.Equal(Metadata("{}"), Clean(Metadata("""{"widgets":{}}"""), strip));
    }

    [Fact]
    public void Notebook_Clean_IsTheSameDocument()
    {
        var clean = Samples.Read(Clean(Encoding.UTF8.GetString(File.ReadAllBytes(Samples.Files().First())), Default));

        Assert.Same(clean, NotebookCleaner.Clean(clean, Default));
    }

    [Fact]
    public void Cleaning_Twice_IsCleaningOnce_AndKeepsEverySourceAndOutput()
    {
        foreach (var file in Samples.Generated(400).Concat(Samples.Files().Select(File.ReadAllBytes)))
        {
            if (!NotebookDocument.Parse(file).TryGet(out var notebook, out _))
                continue;
            foreach (var rules in new[] { Default, Default with { StripOutputs = true }, Default with { ClearAll = true } })
            {
                var once = NotebookCleaner.Clean(notebook, rules);
                Assert.Same(once, NotebookCleaner.Clean(once, rules));
                Assert.Equal(notebook.Upgrade().Cells.Select(cell => cell.Source), once.Cells.Select(cell => cell.Source));
                Assert.Equal(once.Bytes.ToArray(), NotebookCleaner.Clean(notebook, rules).Bytes.ToArray());
            }
        }
    }

    [Fact]
    public void Ids_MissingInFormat45_AreDerived()
    {
        const string text = """{"cells":[{"cell_type":"raw","metadata":{},"source":"a"},{"cell_type":"raw","metadata":{},"source":"a"}],"metadata":{},"nbformat":4,"nbformat_minor":5}""";

        var cleaned = NotebookCleaner.Clean(Samples.Read(text), Default);

        Assert.Equal(2, cleaned.Cells.Select(cell => cell.Id).OfType<string>().Distinct().Count());
        Assert.Equal(cleaned.Bytes.ToArray(), NotebookCleaner.Clean(Samples.Read(text), Default).Bytes.ToArray());
        Assert.Null(NotebookCleaner.Clean(Samples.Read(text.Replace("minor\":5", "minor\":4", StringComparison.Ordinal)), Default).Cells[0].Id);
    }

    private static string Clean(string notebook, CleanRules rules) => Encoding.UTF8.GetString(NotebookCleaner.Clean(Samples.Read(notebook), rules).Bytes.Span);

    private static string Cell(string cell) => $$"""{"cells":[{{cell}}],"metadata":{},"nbformat":4,"nbformat_minor":4}""";

    private static string Output(string output) => Cell($$"""{"cell_type":"code","execution_count":null,"metadata":{},"outputs":[{{output}}],"source":[]}""");

    private static string Metadata(string metadata) => $$"""{"cells":[],"metadata":{{metadata}},"nbformat":4,"nbformat_minor":4}""";
}
