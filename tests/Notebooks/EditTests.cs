using System.Text;
using Holdfast.Notebooks.Tests.Corpus;

namespace Holdfast.Notebooks.Tests;

public class EditTests
{
    private static string File(string name) => System.IO.File.ReadAllText(Path.Combine(Samples.TestData, name));

    private static string Edited(string file, Action<NotebookEditor> edit)
    {
        var editor = Samples.Read(file).Edit();
        edit(editor);
        return Encoding.UTF8.GetString(editor.ToDocument().ToBytes());
    }

    [Fact]
    public void Edit_OfOneCellInAnyFile_LeavesAllOtherBytesInPlace()
    {
        foreach (var file in Samples.Generated(400, major: 4))
        {
            var before = Samples.Read(file);
            if (before.Cells.Count == 0)
                continue;
            var cell = file.Length % before.Cells.Count;
            var editor = before.Edit();
            editor.SetSource(cell, "new = \"søurce\"\nsecond");
            var after = editor.ToDocument();
            Assert.Equal("new = \"søurce\"\nsecond", after.Cells[cell].Source);
            Assert.True(Outside(before, cell).SequenceEqual(Outside(after, cell)));
            Assert.Equal(Spelling(before.Cells[cell].MetadataJson), Spelling(after.Cells[cell].MetadataJson));
            Assert.Equal(Spelling(before.Cells[cell].OutputsJson), Spelling(after.Cells[cell].OutputsJson));
        }
    }

    [Fact]
    public void SetSource_InAFileWithTwoSpacesAndEscapes_WritesInItsStyle()
    {
        var file = File("colab-unsorted.ipynb");
        var expected = file.Replace("        \"!pip list\\n\",\n        \"print(\\\"caf\\u00e9\\\")\"", "        \"a = '\\u00fc'\\n\",\n        \"b\"", StringComparison.Ordinal);
        Assert.Equal(expected, Edited(file, editor => editor.SetSource(0, "a = 'ü'\nb")));
    }

    [Fact]
    public void SetSource_WhereSourcesAreSingleStrings_StaysASingleString()
    {
        var file = File("crlf-joined.ipynb");
        Assert.Equal(file.Replace("one\\ntwo", "three\\nfour", StringComparison.Ordinal), Edited(file, editor => editor.SetSource(0, "three\nfour")));
    }

    [Fact]
    public void SetOutputs_WithOneMoreThanBefore_KeepsTheOthers()
    {
        var file = File("jupyter-4.5.ipynb");
        var outputs = """[{"name":"stdout","output_type":"stream","text":"epoch 1\nepoch 2\n"},{"data":{"text/plain":"0.25"},"execution_count":2,"metadata":{},"output_type":"execute_result"}]""";
        var expected = file.Replace("\"0.5\"", "\"0.25\"", StringComparison.Ordinal).Replace("\"execution_count\": 2,\n   \"id\"", "\"execution_count\": 8,\n   \"id\"", StringComparison.Ordinal);
        Assert.Equal(expected, Edited(file, editor =>
        {
            editor.SetOutputs(2, Encoding.UTF8.GetBytes(outputs));
            editor.SetExecutionCount(2, 8);
        }));
    }

    [Fact]
    public void InsertMoveDelete_OneAfterTheOther_GiveTheFileThatJupyterWouldWrite()
    {
        var file = File("jupyter-4.5.ipynb");
        var edited = Edited(file, editor =>
        {
            editor.InsertCell(1, "code", "x = 1\n", "given");
            editor.MoveCell(3, 0);
            editor.DeleteCell(1);
            editor.SetMetadata(1, """{"tags": ["b", "a"]}"""u8.ToArray());
            editor.SetNotebookMetadata("""{"z": 1, "a": {}}"""u8.ToArray());
        });
        var document = Samples.Read(edited);
        Assert.Equal(["99aa88bb", "given", "0f1e2d3c"], document.Cells.Select(cell => cell.Id!));
        Assert.Equal(["b", "a"], document.Cells[1].Tags);
        Assert.True(NotebookDocument.FromJupyterModel(Encoding.UTF8.GetBytes(edited)).TryGet(out var jupyter, out _));
        Assert.Equal(Encoding.UTF8.GetString(jupyter.ToBytes()), edited);
    }

    [Fact]
    public void InsertCell_WithoutAnId_DerivesTheSameOneEachTime()
    {
        var file = File("jupyter-4.5.ipynb");
        var first = Edited(file, editor => editor.InsertCell(0, "markdown", "text"));
        Assert.Equal(first, Edited(file, editor => editor.InsertCell(0, "markdown", "text")));
        Assert.Equal(8, Samples.Read(first).Cells[0].Id!.Length);
        Assert.Null(Samples.Read(Edited(File("colab-unsorted.ipynb"), editor => editor.InsertCell(0, "raw", ""))).Cells[0].Id);
    }

    [Fact]
    public void DeleteCell_OfTheLastOne_LeavesAnEmptyList() =>
        Assert.Contains("\"cells\": [],\r\n", Edited(File("crlf-joined.ipynb"), editor => editor.DeleteCell(0)), StringComparison.Ordinal);

    [Fact]
    public void SetOutputs_WithWhatIsNotJson_Throws() =>
        Assert.Throws<ArgumentException>(() => Samples.Read(File("jupyter-4.5.ipynb")).Edit().SetOutputs(0, "[1"u8.ToArray()));

    [Fact]
    public void Edit_OfAVersion3File_GivesVersion4()
    {
        var edited = Samples.Read(Edited(File("ipython-v3.ipynb"), editor => editor.SetSource(1, "print(2)")));
        Assert.Equal((4, 5), (edited.Major, edited.Minor));
        Assert.Equal(["## A title", "print(2)"], edited.Cells.Select(cell => cell.Source));
    }

    private static byte[] Outside(NotebookDocument document, int cell)
    {
        var json = document.Cells[cell].Json.Span;
        Assert.True(document.Bytes.Span.Overlaps(json, out var start));
        return [.. document.Bytes.Span[..start], .. document.Bytes.Span[(start + json.Length)..]];
    }

    private static string Spelling(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);
}
