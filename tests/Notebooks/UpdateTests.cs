using System.Text;
using Holdfast.Notebooks.Tests.Corpus;

namespace Holdfast.Notebooks.Tests;

public class UpdateTests
{
    private static string File(string name) => System.IO.File.ReadAllText(Path.Combine(Samples.TestData, name));

    private static string Saved(string file, Func<string, string> change)
    {
        var document = Samples.Read(file);
        var content = change(Encoding.UTF8.GetString(Samples.Model(document)));
        return Encoding.UTF8.GetString(Samples.Updated(document, Encoding.UTF8.GetBytes(content)).ToBytes());
    }

    [Fact]
    public void Update_OfOneOutput_ChangesThatTextOnly()
    {
        var file = File("jupyter-4.5.ipynb");
        Assert.Equal(
            file.Replace("\"epoch 2\\n\"", "\"epoch 2\\n\",\n      \"epoch 3\\n\"", StringComparison.Ordinal),
            Saved(file, model => model.Replace("epoch 2\\n", "epoch 2\\nepoch 3\\n", StringComparison.Ordinal)));
    }

    [Fact]
    public void Update_WithACellInFrontAndNoIds_LeavesTheOtherCellsInPlace()
    {
        var file = File("colab-unsorted.ipynb");
        var saved = Saved(file, model => model.Replace("\"cells\":[", "\"cells\":[{\"cell_type\":\"markdown\",\"metadata\":{},\"source\":\"new\"},", StringComparison.Ordinal));
        Assert.Equal(
            file.Replace("\"cells\": [", "\"cells\": [\n    {\n      \"cell_type\": \"markdown\",\n      \"metadata\": {},\n      \"source\": [\n        \"new\"\n      ]\n    },", StringComparison.Ordinal),
            saved);
    }

    [Theory]
    [InlineData("1.0", "1")]
    [InlineData("1e3", "1000")]
    [InlineData("NaN", "null")]
    [InlineData("1e400", "null")]
    [InlineData("12345678901234567890", "12345678901234567000")]
    [InlineData("-0.0", "0")]
    [InlineData("\"\\u00e9\\/\"", "\"é/\"")]
    [InlineData("\"\\ud800\"", "\"\\uD800\"")]
    [InlineData("{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}")]
    [InlineData("{\"a\":0,\"a\":2}", "{\"a\":2}")]
    public void Update_WithAnotherSpellingOfAValue_KeepsTheFiles(string inFile, string fromClient)
    {
        var file = $$$"""{"cells": [], "metadata": {"x": {{{inFile}}}, "signature": "s"}, "nbformat": 4, "nbformat_minor": 4}""";
        Assert.Equal(file, Saved(file, _ => $$$"""{"nbformat":4,"metadata":{"x":{{{fromClient}}}},"nbformat_minor":4,"cells":[]}"""));
    }

    [Fact]
    public void Update_WithAChangedKey_KeepsItsNeighboursAndDropsWhatIsGone()
    {
        const string File = "{\n\t\"cells\": [],\n\t\"metadata\": {\n\t\t\"a\": 1.50,\n\t\t\"b\": 2,\n\t\t\"d\": 1E2\n\t},\n\t\"nbformat\": 4,\n\t\"nbformat_minor\": 4\n}";
        Assert.Equal(
            "{\n\t\"cells\": [],\n\t\"metadata\": {\n\t\t\"a\": 1.50,\n\t\t\"c\": [\n\t\t\t\"é\"\n\t\t],\n\t\t\"d\": 1E2\n\t},\n\t\"nbformat\": 4,\n\t\"nbformat_minor\": 4\n}",
            Saved(File, _ => """{"cells":[],"metadata":{"d":100,"c":["é"],"a":1.5},"nbformat":4,"nbformat_minor":4}"""));
    }

    [Fact]
    public void Update_OfAVersion3File_BecomesWhatJupyterWrites()
    {
        var file = File("ipython-v3.ipynb");
        Assert.Equal(file, Saved(file, model => model));
        var content = Encoding.UTF8.GetString(Samples.Model(Samples.Read(file))).Replace("print 1", "print(1)", StringComparison.Ordinal);
        Assert.True(NotebookDocument.FromJupyterModel(Encoding.UTF8.GetBytes(content)).TryGet(out var jupyter, out _));
        Assert.Equal(Encoding.UTF8.GetString(jupyter.ToBytes()), Saved(file, _ => content));
    }

    [Fact]
    public void Update_WithAChangeInA45FileWithoutIds_WritesTheIdsThatClientsWereSent()
    {
        const string File = """{"cells":[{"cell_type":"raw","metadata":{},"source":["a"]},{"cell_type":"raw","metadata":{},"source":["b"]}],"metadata":{},"nbformat":4,"nbformat_minor":5}""";
        Assert.Equal(File, Saved(File, model => model));
        var ids = Samples.Read(File).ModelIds;
        var saved = Samples.Read(Saved(File, model => model.Replace("\"a\"", "\"c\"", StringComparison.Ordinal)));
        Assert.Equal(ids, saved.Cells.Select(cell => cell.Id));
        Assert.Equal(["c", "b"], saved.Cells.Select(cell => cell.Source));
    }

    [Fact]
    public void Update_WithCellsMoved_KeepsTheirBytes()
    {
        const string File = """{"cells":[{"id":"a","source":"1","x":1.0},{"id":"b","source":"1","x":2.0},{"id":"c","source":"3","x":3.0}],"nbformat":4,"nbformat_minor":5}""";
        var saved = Saved(File, _ => """{"cells":[{"id":"c","source":"3","x":3},{"id":"a","source":"1","x":1},{"id":"b","source":"1","x":2}],"metadata":{},"nbformat":4,"nbformat_minor":5}""");
        Assert.Equal("""{"cells":[{"id":"c","source":"3","x":3.0},{"id":"a","source":"1","x":1.0},{"id":"b","source":"1","x":2.0}],"nbformat":4,"nbformat_minor":5}""", saved);
    }
}
