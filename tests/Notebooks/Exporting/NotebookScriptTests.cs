using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Notebooks.Exporting;
using Holdfast.Notebooks.Tests.Corpus;
using Holdfast.Notebooks.Tests.Python;

namespace Holdfast.Notebooks.Tests.Exporting;

public class NotebookScriptTests
{
    [Fact]
    public async Task Script_OfExamplesAndGeneratedNotebooks_IsWhatNbconvertWrites()
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/nbconvert")) Assert.Skip("python3-nbconvert is not installed.");
        var stop = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("holdfast-scripts-");
        try
        {
            var number = 0;
            var files = Samples.Files().Concat(Directory.GetFiles(Path.Combine(Samples.TestData, "../../../examples"), "*.ipynb")).Select(File.ReadAllBytes);
            foreach (var file in files.Concat(Samples.Generated(30)).Concat(Enumerable.Range(0, 30).Select(Generated)))
            {
                if (!NotebookDocument.Parse(file).TryGet(out var notebook, out _)) continue;
                var name = NotebookScript.Of(notebook).IsPython ? $"{number++:0000}" : $"{number++:0000}.plain";
                await File.WriteAllBytesAsync(Path.Combine(folder.FullName, name + ".ipynb"), file, stop);
            }

            var refused = await Nbformat.AskAsync("nbconvert_scripts.py", folder.FullName);

            var compared = 0;
            foreach (var script in folder.GetFiles("*.script").OrderBy(script => script.Name, StringComparer.Ordinal))
            {
                var notebook = Samples.Read(await File.ReadAllBytesAsync(Path.ChangeExtension(script.FullName, ".ipynb"), stop));
                Assert.True(await File.ReadAllTextAsync(script.FullName, stop) == NotebookScript.Of(notebook).Text, script.Name);
                compared++;
            }

            Assert.True(compared > 60 && number - compared < number / 3, $"{compared} of {number} compared. {refused}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("{}", ".py")]
    [InlineData("""{"kernelspec":{"name":"python3","display_name":"Python 3"}}""", ".py")]
    [InlineData("""{"language_info":{"name":"python"}}""", ".py")]
    [InlineData("""{"kernelspec":{"language":"ipython3"}}""", ".py")]
    [InlineData("""{"language_info":{"name":"R","file_extension":".r"},"kernelspec":{"language":"R"}}""", ".r")]
    [InlineData("""{"kernelspec":{"language":"julia"}}""", ".txt")]
    [InlineData("""{"language_info":{"name":"evil","file_extension":"/../x"}}""", ".txt")]
    public void Extension_ByWhatTheMetadataSays_IsTheLanguages(string metadata, string extension) =>
        Assert.Equal(extension, NotebookScript.Of(Samples.Read($$"""{"cells":[],"metadata":{{metadata}},"nbformat":4,"nbformat_minor":4}""")).Extension);

    [Fact]
    public void Script_AfterAnEditOfOneCell_ChangesOnlyThatCellsBlock()
    {
        var notebook = Samples.Read(Generated(3));
        var editor = notebook.Edit();
        var changed = Enumerable.Range(0, notebook.Cells.Count).First(cell => notebook.Cells[cell].Type == "code");
        editor.SetSource(changed, "only_here = 1");

        var before = NotebookScript.Of(notebook).Text.Split("\n# In[");
        var after = NotebookScript.Of(editor.ToDocument()).Text.Split("\n# In[");

        Assert.Equal(before.Length, after.Length);
        Assert.Equal(1, before.Zip(after).Count(pair => pair.First != pair.Second));
    }

    /// <summary>A notebook of the cells that IPython stumbles over, in Python or another language.</summary>
    private static byte[] Generated(int seed)
    {
        var random = new Random(seed);
        var cells = new JsonArray();
        for (var cell = 0; cell < 30; cell++)
        {
            var source = new SourceGenerator(seed * 100 + cell).Source();
            var type = new[] { "code", "code", "markdown", "raw" }[random.Next(4)];
            var made = new JsonObject { ["cell_type"] = type, ["metadata"] = new JsonObject(), ["source"] = source };
            if (type == "code") (made["execution_count"], made["outputs"]) = (random.Next(3) == 0 ? null : random.Next(9), new JsonArray());
            if (type == "raw" && random.Next(2) == 0) made["metadata"]!["raw_mimetype"] = new[] { "", "text/x-python", "Text/X-Python", "text/html", "text/x-rsrc" }[random.Next(5)];
            cells.Add(made);
        }

        var metadata = random.Next(4) == 0
            ? """{"language_info":{"name":"R","file_extension":".r","mimetype":"text/x-rsrc"}}"""
            : """{"language_info":{"name":"python","nbconvert_exporter":"python"}}""";
        return Encoding.UTF8.GetBytes(new JsonObject { ["cells"] = cells, ["metadata"] = JsonNode.Parse(metadata), ["nbformat"] = 4, ["nbformat_minor"] = 4 }.ToJsonString(JsonSerializerOptions.Default));
    }
}
