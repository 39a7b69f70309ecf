using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Trust;

/// <summary>Which code cells may show all of their output, by nbformat's rules (sign.py: check_cells).</summary>
public static class CellTrust
{
    /// <summary>
    /// Whether every code cell is trusted: its <c>metadata.trusted</c> says so, or none of its outputs is of a kind that can hold scripts.
    /// True where there are no code cells; false for version 2.
    /// </summary>
    /// <param name="document">A file, or what a client sent.</param>
    /// <param name="isOurs">For the number of a cell, whether its outputs are known to be our kernels'; null for none.</param>
    public static bool OfAll(NotebookDocument document, Func<int, bool>? isOurs = null)
    {
        ArgumentNullException.ThrowIfNull(document);
        var tape = new JsonTape();
        for (var number = 0; number < document.Cells.Count; number++)
        {
            if (isOurs?.Invoke(number) is true || document.Cells[number].Type != "code")
                continue;
            if (!IsTrusted(tape.Load(document.Cells[number].Json), document.Major))
                return false;
        }
        return document.Major >= 3;
    }

    private static bool IsTrusted(JsonTape cell, int major)
    {
        var metadata = cell.Find(0, "metadata"u8);
        if (metadata >= 0 && cell.Find(metadata, "trusted"u8) is >= 0 and var mark && IsTrue(cell, mark))
            return true;
        var outputs = cell.Find(0, "outputs"u8);
        if (outputs < 0)
            return true;
        if (cell[outputs].Kind != JsonKind.Array)
            return false;
        foreach (var output in cell.Items(outputs))
        {
            if (!IsSafe(cell, output, major))
                return false;
        }
        return true;
    }

    /// <summary>An output that says no type is trusted by nobody.</summary>
    private static bool IsSafe(JsonTape cell, int output, int major)
    {
        var type = cell.Find(output, "output_type"u8);
        if (type < 0 || cell[type].Kind != JsonKind.String)
            return false;
        if (!cell.IsString(type, major == 3 ? "pyout"u8 : "execute_result"u8) && !cell.IsString(type, "display_data"u8))
            return true;
        foreach (var key in cell.Items(output))
        {
            var name = cell.Name(key);
            if (!name.SequenceEqual("output_type"u8) && !name.SequenceEqual("metadata"u8)
                && !name.SequenceEqual(major == 3 ? "prompt_number"u8 : "execution_count"u8))
                return false;
        }
        return true;
    }

    /// <summary>What counts as true in Python.</summary>
    private static bool IsTrue(JsonTape tape, int node) => tape[node].Kind switch
    {
        JsonKind.False or JsonKind.Null => false,
        JsonKind.Number => !JsonNumbers.Same(tape.Raw(node), "0"u8),
        JsonKind.String => tape[node].End > tape[node].Start + 2,
        JsonKind.Object or JsonKind.Array => tape[node].Next > node + 1,
        _ => true,
    };
}
