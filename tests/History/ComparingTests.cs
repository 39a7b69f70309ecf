using Holdfast.History.Restoring;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Comparing;
using Holdfast.Notebooks.Tests.Corpus;

namespace Holdfast.History.Tests;

public sealed class ComparingTests
{
    private static readonly NotebookDocument Start = Document(("a", "import os", ""), ("b", "x = 1\nx", "1"), ("c", "y", "2"), ("d", "z", "3"));

    public static TheoryData<string, (string, string, string)[]> Changes => new()
    {
        { "formatting only", [("a", "import os", ""), ("b", "x = 1\nx", "1"), ("c", "y", "2"), ("d", "z", "3")] },
        { "−1 cell", [("a", "import os", ""), ("b", "x = 1\nx", "1"), ("d", "z", "3")] },
        { "+2 cells, 1 cell edited", [("n", "", ""), ("a", "import sys", ""), ("b", "x = 1\nx", "1"), ("c", "y", "2"), ("d", "z", "3"), ("m", "", "")] },
        { "outputs of 3 cells cleared", [("a", "import os", ""), ("b", "x = 1\nx", ""), ("c", "y", ""), ("d", "z", "")] },
        { "outputs of 1 cell changed", [("a", "import os", ""), ("b", "x = 1\nx", "1"), ("c", "y", "20"), ("d", "z", "3")] },
        { "cells moved", [("d", "z", "3"), ("a", "import os", ""), ("b", "x = 1\nx", "1"), ("c", "y", "2")] },
        { "−4 cells", [] },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Words_NameWhatChanged(string words, (string, string, string)[] after) => Assert.Equal(words, ChangeWords.Of(Start, Document(after)));

    [Fact]
    public void Cells_WithoutIds_AreFoundBySourceAndPlace()
    {
        var (before, after) = (WithoutIds("1", "2", "3", "4"), WithoutIds("1", "3", "4 and more"));

        var cells = NotebookComparison.Of(before, after).Cells;

        Assert.Equal([(0, 0), (1, null), (2, 1), (3, 2)], cells.Select(cell => (cell.Before, cell.After)));
        Assert.Equal([false, true, false, true], cells.Select(cell => cell.Source));
    }

    [Theory]
    [InlineData("", "", "")]
    [InlineData("a", "a", " a")]
    [InlineData("", "a\nb", "+a +b")]
    [InlineData("a\nb\nc", "a\nx\nc\nd", " a -b +x  c +d")]
    [InlineData("a\r\nb", "a\nb\n", " a  b +")]
    public void Lines_OfTwoTexts_AreCommonGoneOrNew(string before, string after, string lines) =>
        Assert.Equal(lines, string.Join(' ', LineDifference.Of(before, after).Select(line => line.Sign + line.Text)));

    [Fact]
    public void Lines_FarFromAnyDifference_AreLeftOut()
    {
        var before = string.Join('\n', Enumerable.Range(1, 50));
        var near = LineDifference.Near(LineDifference.Of(before, before.Replace("\n25\n", "\nX\n", StringComparison.Ordinal)), 1);

        Assert.Equal(["@", " 24", "-25", "+X", " 26"], near.Select(line => line.Sign + line.Text));
    }

    [Fact]
    public void Cell_ThatIsGone_ComesBackBehindTheOneItStoodBehind()
    {
        var now = Document(("a", "import os", ""), ("n", "new", ""), ("d", "changed", ""));

        var restored = Restored(now, Start, 1, 2);

        Assert.Equal(["a", "b", "c", "n", "d"], restored.Cells.Select(cell => cell.Id));
        Assert.Equal(Start.Cells[1].OutputsJson.ToArray(), restored.Cells[1].OutputsJson.ToArray());
        Assert.Equal("changed", restored.Cells[4].Source);
    }

    [Fact]
    public void Cell_ThatWasEditedAndCleared_IsAsItWas_AndNothingElseChanges()
    {
        var now = Document(("a", "import sys", ""), ("b", "x = 2", ""), ("c", "y", "2"), ("d", "z", "3"));

        var restored = Restored(now, Start, 1);

        Assert.Equal(Document(("a", "import sys", ""), ("b", "x = 1\nx", "1"), ("c", "y", "2"), ("d", "z", "3")).ToBytes(), restored.ToBytes());
    }

    [Fact]
    public void AllCells_OfAnyVersion_ComeBack()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var (then, now) = (Place.Document(new NotebookGenerator(seed).File(4, 5)), Place.Document(new NotebookGenerator(seed + 1000).File(4, 5)));

            var restored = Restored(now, then, [.. Enumerable.Range(0, then.Cells.Count)]);

            var comparison = NotebookComparison.Of(then, restored);
            Assert.DoesNotContain(comparison.Cells, cell => cell is { Before: not null } && (cell.Source || cell.Outputs != OutputsChange.None));
        }
    }

    [Fact]
    public void Cell_IsNamedByItsIdOrItsPlace()
    {
        Assert.Equal(2, CellRestore.Find(Start, "c"));
        Assert.Equal(2, CellRestore.Find(Start, "#3"));
        Assert.Null(CellRestore.Find(Start, "#5"));
        Assert.Null(CellRestore.Find(Start, "e"));
    }

    private static NotebookDocument Restored(NotebookDocument now, NotebookDocument then, params int[] cells)
    {
        Assert.True(CellRestore.Apply(now, then, cells).TryGet(out var restored, out var fault), fault?.Message);
        return restored;
    }

    private static NotebookDocument Document(params (string, string, string)[] cells) => Place.Document(Place.Notebook4(cells));

    private static NotebookDocument WithoutIds(params string[] sources) => Place.Document(System.Text.Encoding.UTF8.GetBytes(
        $$"""{"cells":[{{string.Join(',', sources.Select(source => $$"""{"cell_type":"code","execution_count":null,"metadata":{},"outputs":[],"source":"{{source}}"}"""))}}],"metadata":{},"nbformat":4,"nbformat_minor":4}"""));
}
