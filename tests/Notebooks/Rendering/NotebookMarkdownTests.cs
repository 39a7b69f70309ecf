using System.Text;
using System.Text.Json.Nodes;
using Holdfast.Notebooks.Rendering;
using Holdfast.Notebooks.Tests.Corpus;
using static Holdfast.Notebooks.Tests.Rendering.Notebooks;

namespace Holdfast.Notebooks.Tests.Rendering;

public class NotebookMarkdownTests
{
    [Fact]
    public async Task Markdown_OfExamplesAndGeneratedNotebooks_IsWhatNbconvertWritesWithItsPictures()
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/nbconvert")) Assert.Skip("python3-nbconvert is not installed.");
        var stop = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("holdfast-markdown-");
        try
        {
            var number = 0;
            var files = Samples.Files().Concat(Directory.GetFiles(Path.Combine(Samples.TestData, "../../../examples"), "*.ipynb")).Select(File.ReadAllBytes);
            foreach (var file in files.Concat(Samples.Generated(70)).Concat([EveryOutput()]))
            {
                if (!NotebookDocument.Parse(file).TryGet(out _, out _)) continue;
                await File.WriteAllBytesAsync(Path.Combine(folder.FullName, $"n {number++:0000}é.ipynb"), file, stop);
            }

            var refused = await Nbformat.AskAsync("nbconvert_markdown.py", folder.FullName);

            var compared = 0;
            foreach (var expected in folder.GetFiles("*.md").OrderBy(file => file.Name, StringComparer.Ordinal))
            {
                var name = Path.GetFileNameWithoutExtension(expected.Name);
                var made = NotebookMarkdown.Of(Samples.Read(await File.ReadAllBytesAsync(Path.ChangeExtension(expected.FullName, ".ipynb"), stop)), name);
                Assert.True(await File.ReadAllTextAsync(expected.FullName, stop) == made.Text, $"{expected.Name}\n{made.Text}");
                var pictures = Directory.Exists(Path.Combine(folder.FullName, name + "_files")) ? Directory.GetFiles(Path.Combine(folder.FullName, name + "_files")) : [];
                Assert.Equal(pictures.Select(picture => Path.GetRelativePath(folder.FullName, picture)).Order(StringComparer.Ordinal), made.Files.Keys.Order(StringComparer.Ordinal));
                Assert.All(pictures, picture => Assert.Equal(File.ReadAllBytes(picture), made.Files[Path.GetRelativePath(folder.FullName, picture)]));
                compared++;
            }

            Assert.True(compared > 60 && number - compared < number / 3, $"{compared} of {number} compared. {refused}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Picture_WithAFileNameThatLeavesTheFolder_GetsOneByItsPlace()
    {
        var display = Display("image/png", Png);
        display["metadata"] = new JsonObject { ["filename"] = "../../evil" };

        var made = NotebookMarkdown.Of(Of(Code("x", display)), "n");

        Assert.Equal(["n_files/n_0_0.png"], made.Files.Keys);
        Assert.Contains("![png](n_files/n_0_0.png)", made.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Picture_WithoutAPlaceForFiles_StaysInTheText() =>
        Assert.Contains($"![png](data:image/png;base64,{Png})", NotebookMarkdown.Of(Of(Code("x", Display("image/png", Png))), null).Text, StringComparison.Ordinal);

    private static byte[] EveryOutput()
    {
        var named = Display("image/png", Png);
        named["metadata"] = new JsonObject { ["filename"] = "my plot" };
        string[] mimes = ["text/html", "text/markdown", "image/svg+xml", "text/latex", "image/png", "image/jpeg", "application/json", "application/javascript", "application/pdf"];
        var cells = new JsonArray(
            Markdown("# T\n\ntext\n"), Code("", Printed("")), Code("%%bash\nls", Printed("a\n\n b\r\n50%\r100%\nend\r\n"), Printed("more\n"), Printed("err", "stderr")),
            Code("x", [.. mimes.Select(mime => Display(mime, mime is "image/png" or "image/jpeg" or "application/pdf" ? Png : mime == "application/json" ? new JsonArray(1, 2) : $"    <b>{mime}</b>\n\n      <i>x</i>\n")), named]),
            Code("e", Error("\e[0;31mTrace\e[0m", "line1\nline2\n  ind\n", "")), Raw("raw"), Raw("<b>").With("""{"raw_mimetype":"text/html"}"""), Raw("tex").With("""{"raw_mimetype":"text/latex"}"""), Markdown(""), Code(" \nlead\n\n"));
        return Encoding.UTF8.GetBytes(new JsonObject { ["cells"] = cells, ["metadata"] = new JsonObject(), ["nbformat"] = 4, ["nbformat_minor"] = 4 }.ToJsonString());
    }
}
