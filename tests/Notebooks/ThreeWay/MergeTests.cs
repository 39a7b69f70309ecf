using System.Text;
using Holdfast.Notebooks.Tests.Corpus;
using Holdfast.Notebooks.ThreeWay;

namespace Holdfast.Notebooks.Tests.ThreeWay;

public sealed class MergeTests
{
    private static readonly string[] Start = ["a:1", "b:1\n2\n3\n4\n5", "c:1", "d:1"];

    /// <summary>Ours, theirs, and what comes of them: cells as id:source, with conflict marks as they stand in the notebook.</summary>
    public static TheoryData<string, string[], string[], string[]> Merges => new()
    {
        { "different cells", ["a:x", Start[1], "c:1", "d:1"], ["a:1", Start[1], "c:1", "d:y"], ["a:x", Start[1], "c:1", "d:y"] },
        { "the same edit", ["a:x", Start[1], "c:1", "d:1"], ["a:x", Start[1], "c:1", "d:1"], ["a:x", Start[1], "c:1", "d:1"] },
        { "different lines", ["a:1", "b:x\n2\n3\n4\n5", "c:1", "d:1"], ["a:1", "b:1\n2\n3\n4\n5\ny", "c:1", "d:1"], ["a:1", "b:x\n2\n3\n4\n5\ny", "c:1", "d:1"] },
        { "the same line", ["a:x", Start[1], "c:1", "d:1"], ["a:y", Start[1], "c:1", "d:1"], ["`<<<<<<< ours`", "a:x", "`=======`", "y", "`>>>>>>> theirs`", Start[1], "c:1", "d:1"] },
        { "new cells apart", ["n:1", .. Start], [.. Start, "m:1"], ["n:1", .. Start, "m:1"] },
        { "new cells in one place", ["a:1", "n:1", .. Start[1..]], ["a:1", "m:1", "o:1", .. Start[1..]], ["a:1", "n:1", "m:1", "o:1", .. Start[1..]] },
        { "the same new cell", ["a:1", "n:1", .. Start[1..]], ["a:1", "n:1", .. Start[1..]], ["a:1", "n:1", .. Start[1..]] },
        { "taken out by one", Start[1..], ["a:1", Start[1], "c:x", "d:1"], [Start[1], "c:x", "d:1"] },
        { "taken out by both", Start[1..], Start[1..], Start[1..] },
        { "taken out and edited", Start[1..], ["a:x", .. Start[1..]], ["`<<<<<<< ours`", "`=======`", "a:x", "`>>>>>>> theirs`", .. Start[1..]] },
        { "edited and taken out", ["a:x", .. Start[1..]], Start[1..], ["`<<<<<<< ours`", "a:x", "`=======`", "`>>>>>>> theirs`", .. Start[1..]] },
        { "moved by them", ["a:x", .. Start[1..]], ["d:1", .. Start[..3]], ["d:1", "a:x", .. Start[1..3]] },
        { "moved by us", ["d:1", .. Start[..3]], ["a:x", .. Start[1..], "n:1"], ["d:1", "n:1", "a:x", .. Start[1..3]] },
    };

    [Theory]
    [MemberData(nameof(Merges))]
    public void Cells_OfBothSides_AreMerged(string what, string[] ours, string[] theirs, string[] merged)
    {
        var merge = NotebookMerge.Of(Notebook(Start), Notebook(ours), Notebook(theirs));

        Assert.True(merged.Select(cell => cell[(cell.IndexOf(':', StringComparison.Ordinal) + 1)..]).SequenceEqual(merge.Document.Cells.Select(cell => cell.Source)), what);
        Assert.Equal(merged.Count(cell => cell.StartsWith("`<", StringComparison.Ordinal)), merge.Conflicts);
        Assert.Equal(merge.Conflicts, ConflictCells.Count(merge.Document));
        Assert.Equal(merge.Document.Cells.Count, merge.Document.Cells.Select(cell => cell.Id).OfType<string>().Distinct().Count());
    }

    [Fact]
    public void OneSide_Unchanged_GivesTheOther()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var (start, other) = (Samples.Read(new NotebookGenerator(seed).File(4, 5)), Samples.Read(new NotebookGenerator(seed + 1000).File(4, 5)));

            var ours = NotebookMerge.Of(start, other, start);
            var theirs = NotebookMerge.Of(start, start, other);

            Assert.Equal((0, 0), (ours.Conflicts, theirs.Conflicts));
            Assert.Same(ours.Document, Samples.Updated(ours.Document, Samples.Model(other)));
            Assert.Same(theirs.Document, Samples.Updated(theirs.Document, Samples.Model(other)));
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(4)]
    public void DisjointEdits_OfManyCells_HaveNoConflict_AndLoseNothing(int minor)
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var start = Notebook([.. Enumerable.Range(0, 12).Select(cell => $"{(char)('a' + cell)}:source {cell}\nof seed {seed}")], minor);
            var (ours, theirs) = (start.Edit(), start.Edit());
            for (var cell = 0; cell < 12; cell++)
            {
                if (random.Next(3) is not 2 and var side)
                    (side == 0 ? ours : theirs).SetSource(cell, $"source {cell}\nof seed {seed}\nedited by {side}");
            }
            ours.InsertCell(random.Next(12), "code", "added by us");
            theirs.InsertCell(random.Next(12), "markdown", "added by them");
            var (mine, other) = (ours.ToDocument(), theirs.ToDocument());

            var merge = NotebookMerge.Of(start, mine, other);

            Assert.Equal(0, merge.Conflicts);
            var sources = merge.Document.Cells.Select(cell => cell.Source).ToHashSet();
            Assert.Superset(mine.Cells.Concat(other.Cells).Select(cell => cell.Source).Where(source => source.Contains("ed by", StringComparison.Ordinal)).ToHashSet(), sources);
            Assert.Equal(14, merge.Document.Cells.Count);
        }
    }

    [Fact]
    public void Outputs_OfTheSideThatRan_StayWithTheirCount_AndOursWhenBothRan()
    {
        NotebookDocument Ran(string source, string output, int count)
        {
            var editor = Notebook([$"a:{source}", "b:1"]).Edit();
            editor.SetOutputs(0, Encoding.UTF8.GetBytes($$"""[{"name":"stdout","output_type":"stream","text":"{{output}}"}]"""));
            editor.SetExecutionCount(0, count);
            return editor.ToDocument();
        }

        var start = Ran("1", "old", 1);
        var onlyThey = NotebookMerge.Of(start, Ran("1\n2\n3", "old", 1), Ran("1", "theirs", 2)).Document.Cells[0];
        var both = NotebookMerge.Of(start, Ran("1", "ours", 3), Ran("1", "theirs", 2));

        Assert.Equal(("1\n2\n3", 2L), (onlyThey.Source, onlyThey.ExecutionCount));
        Assert.Contains("theirs", Encoding.UTF8.GetString(onlyThey.OutputsJson.Span), StringComparison.Ordinal);
        Assert.Equal((0, 3L), (both.Conflicts, both.Document.Cells[0].ExecutionCount));
        Assert.Contains("ours", Encoding.UTF8.GetString(both.Document.Cells[0].OutputsJson.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_IsMergedKeyByKey_AndOursWhereBothChanged()
    {
        NotebookDocument With(string metadata)
        {
            var editor = Notebook(["a:1"]).Edit();
            editor.SetNotebookMetadata(Encoding.UTF8.GetBytes(metadata));
            editor.SetMetadata(0, Encoding.UTF8.GetBytes(metadata));
            return editor.ToDocument();
        }

        var merge = NotebookMerge.Of(With("""{"both":0,"gone":0,"in":{"a":0,"b":0}}"""), With("""{"both":1,"gone":0,"in":{"a":1,"b":0},"new":1}"""), With("""{"both":2,"in":{"a":0,"b":2},"other":2}"""));

        const string merged = """{"both":1,"in":{"a":1,"b":2},"new":1,"other":2}""";
        Assert.Equal(With(merged).SourceHash(), merge.Document.SourceHash());
    }

    [Theory]
    [InlineData("merge", false)]
    [InlineData("diff3", true)]
    public void Marks_OfAConflict_AreTakenApart(string style, bool hasStart)
    {
        var file = Encoding.UTF8.GetBytes("1\n<<<<<<< HEAD\nours\n" + (hasStart ? "||||||| base\nold\n" : "") + "=======\ntheirs\n>>>>>>> b\n2\n");

        var marks = ConflictMarks.Of(file)!;

        Assert.NotEmpty(style);
        Assert.Equal("1\nours\n2\n", Encoding.UTF8.GetString(marks.Ours.Span));
        Assert.Equal("1\ntheirs\n2\n", Encoding.UTF8.GetString(marks.Theirs.Span));
        Assert.Equal(hasStart ? "1\nold\n2\n" : null, marks.Start is { } start ? Encoding.UTF8.GetString(start.Span) : null);
        Assert.Null(ConflictMarks.Of("{}"u8.ToArray()));
    }

    [Fact]
    public void Merge_WithoutAStart_KeepsWhatOnlyOneHas_AndShowsBothWhereTheyDiffer()
    {
        var merge = NotebookMerge.Of(null, Notebook(["a:1", "n:1", "b:1"]), Notebook(["a:1", "b:2", "m:3"]));

        Assert.Equal(["1", "1", "`<<<<<<< ours`", "1", "`=======`", "2", "`>>>>>>> theirs`", "3"], merge.Document.Cells.Select(cell => cell.Source));
    }

    [Fact]
    public void Merge_IntoOurFile_KeepsItsStyle()
    {
        var ours = Samples.Read(Encoding.UTF8.GetString(Notebook(Start).Bytes.Span).Replace("\n ", "\n    ", StringComparison.Ordinal).TrimEnd());
        var theirs = Notebook(["a:x", .. Start[1..]]);

        var merged = NotebookMerge.Of(Notebook(Start), ours, theirs).Document;

        Assert.Equal(Encoding.UTF8.GetString(ours.Bytes.Span).Replace("\"1\"\n", "\"x\"\n", StringComparison.Ordinal).Split('\n').Length, Encoding.UTF8.GetString(merged.Bytes.Span).Split('\n').Length);
        Assert.DoesNotContain("\n \"", Encoding.UTF8.GetString(merged.Bytes.Span), StringComparison.Ordinal);
        Assert.False(merged.Bytes.Span.EndsWith("\n"u8));
    }

    /// <summary>A notebook as Jupyter writes it, of cells given as id:source.</summary>
    internal static NotebookDocument Notebook(string[] cells, int minor = 5)
    {
        Assert.True(NotebookDocument.FromJupyterModel(Encoding.UTF8.GetBytes($$"""{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":{{minor}}}""")).TryGet(out var empty, out _));
        var editor = empty.Edit();
        foreach (var cell in cells)
            editor.InsertCell(editor.CellCount, "code", cell[2..].TrimStart(':'), minor >= 5 ? cell[..2].TrimEnd(':') : null);
        return editor.ToDocument();
    }
}
