using System.Text;

namespace Holdfast.Notebooks.ThreeWay;

/// <summary>The markdown cells that stand around the two sides of a conflict.</summary>
public static class ConflictCells
{
    private const string First = "`<<<<<<< ours`", Between = "`=======`", Last = "`>>>>>>> theirs`";

    internal static ReadOnlyMemory<byte> Begin { get; } = Cell(First);

    internal static ReadOnlyMemory<byte> Middle { get; } = Cell(Between);

    internal static ReadOnlyMemory<byte> End { get; } = Cell(Last);

    /// <summary>How many conflicts of a merge are still in a notebook.</summary>
    public static int Count(NotebookDocument notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        return notebook.Cells.Count(cell => cell.Type == "markdown" && cell.Source.StartsWith("`<<<<<<< ", StringComparison.Ordinal));
    }

    private static byte[] Cell(string marker) => Encoding.UTF8.GetBytes($$"""{"cell_type":"markdown","metadata":{},"source":"{{marker}}"}""");
}
