using System.Text;
using Holdfast.Notebooks.Tests.Corpus;

namespace Holdfast.Notebooks.Tests;

public class ReadingTests
{
    private static NotebookDocument File(string name) => Samples.Read(System.IO.File.ReadAllBytes(Path.Combine(Samples.TestData, name)));

    [Fact]
    public void Cells_OfAVersion4File_AreRead()
    {
        var document = File("jupyter-4.5.ipynb");
        Assert.Equal((4, 5, "python", "python3"), (document.Major, document.Minor, document.Language, document.KernelName));
        Assert.Equal(["markdown", "code", "code"], document.Cells.Select(cell => cell.Type));
        Assert.Equal("# Training\nGröße und 🚀", document.Cells[0].Source);
        Assert.Equal([null, 1L, 2L], document.Cells.Select(cell => cell.ExecutionCount));
        Assert.Equal(["parameters"], document.Cells[1].Tags);
        Assert.Equal("[]", Encoding.UTF8.GetString(document.Cells[1].OutputsJson.Span));
        Assert.Equal(["a1b2c3d4", "0f1e2d3c", "99aa88bb"], document.ModelIds);
    }

    [Fact]
    public void Cells_OfAVersion3File_AreRead()
    {
        var document = File("ipython-v3.ipynb");
        Assert.Equal((3, null), (document.Major, document.Language));
        Assert.Equal(["heading", "code"], document.Cells.Select(cell => cell.Type));
        Assert.Equal("print 1\n2", document.Cells[1].Source);
        Assert.Equal(1, document.Cells[1].ExecutionCount);
    }

    [Fact]
    public void Cells_OfAnUnknownMinorVersion_AreRead()
    {
        var document = Samples.Read("""{"nbformat":4,"nbformat_minor":99,"cells":[{"cell_type":"new","future":[1]}],"extra":{"a":1}}""");
        Assert.Equal((99, "new", ""), (document.Minor, document.Cells[0].Type, document.Cells[0].Source));
        Assert.Contains("\"future\":[1]", Encoding.UTF8.GetString(Samples.Model(document)), StringComparison.Ordinal);
    }

    [Fact]
    public void Source_WithALoneSurrogate_KeepsItBothWays()
    {
        var document = Samples.Read("""{"nbformat":4,"cells":[{"cell_type":"raw","metadata":{},"source":["a\ud800","\ud83d\ude80"]}],"metadata":{},"nbformat_minor":4}""");
        Assert.Equal("a\ud800🚀", document.Cells[0].Source);
        var editor = document.Edit();
        editor.SetSource(0, "\udfffb");
        var edited = editor.ToDocument();
        Assert.Equal("\udfffb", edited.Cells[0].Source);
        Assert.Contains("\\udfffb", Encoding.UTF8.GetString(edited.ToBytes()), StringComparison.Ordinal);
    }

    [Fact]
    public void ModelIds_WhereTwoCellsShareOne_AreAllDifferent()
    {
        var document = Samples.Read("""{"nbformat":4,"nbformat_minor":5,"cells":[{"id":"a"},{"id":"a"},{},{}],"metadata":{}}""");
        Assert.Equal("a", document.ModelIds[0]);
        Assert.Equal(4, document.ModelIds.Distinct().Count());
        Assert.Equal(document.ModelIds, Samples.Read(document.ToBytes()).ModelIds);
    }

    [Fact]
    public void SourceHash_AfterARun_IsTheSame()
    {
        foreach (var document in Samples.Generated(140).Select(file => Samples.Read(file)))
        {
            var editor = document.Edit();
            for (var cell = 0; cell < editor.CellCount; cell++)
            {
                if (document.Cells[cell].Type != "code")
                    continue;
                editor.SetOutputs(cell, """[{"output_type":"stream","name":"stdout","text":"x"}]"""u8.ToArray());
                editor.SetExecutionCount(cell, 5);
            }
            Assert.Equal(document.SourceHash(), editor.ToDocument().SourceHash());
        }
    }

    [Fact]
    public void SourceHash_AfterAnyOtherChange_IsAnother()
    {
        var document = File("jupyter-4.5.ipynb");
        Action<NotebookEditor>[] changes =
        [
            editor => editor.SetSource(0, "other"), editor => editor.SetMetadata(0, """{"a":1}"""u8.ToArray()), editor => editor.SetId(0, "other"),
            editor => editor.DeleteCell(2), editor => editor.MoveCell(0, 1), editor => editor.SetNotebookMetadata("{}"u8.ToArray()),
        ];
        var hashes = changes.Select(change =>
        {
            var editor = document.Edit();
            change(editor);
            return Convert.ToHexString(editor.ToDocument().SourceHash());
        }).Append(Convert.ToHexString(document.SourceHash())).ToArray();
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }
}
