using System.Buffers;
using System.Text.Json;
using Holdfast.Notebooks;

namespace Holdfast.Lab.Recording;

/// <summary>What an execution's place was in a document that was folded.</summary>
/// <param name="Execution">Which execution.</param>
/// <param name="Index">Number of its cell in the folded document; -1 when it has none.</param>
/// <param name="Changed">How far it was folded.</param>
/// <param name="IsInserted">Whether its cell was put in.</param>
internal readonly record struct Placed(Execution Execution, int Index, long Changed, bool IsInserted);

/// <summary>Puts the outputs of executions into a notebook.</summary>
internal static class NotebookFold
{
    /// <summary>The notebook with the outputs of all executions for which the file's do not stand.</summary>
    /// <param name="document">The notebook as it is in the file.</param>
    /// <param name="executions">What is known of it, in the order it was sent.</param>
    /// <param name="stated">The ids that a page stated for the file's cells, or null.</param>
    /// <param name="outputs">Writes the outputs of an execution.</param>
    public static (NotebookDocument Document, IReadOnlyList<Placed> Placed) Apply(
        NotebookDocument document, IReadOnlyList<Execution> executions, IReadOnlyList<string>? stated, Action<Execution, Utf8JsonWriter> outputs)
    {
        var upgraded = document.Upgrade();
        var found = Find(upgraded, executions, stated);
        var editor = upgraded.Edit();
        var changed = false;
        foreach (var (execution, index, _, isInserted) in found)
        {
            if (index < 0 || isInserted || execution.IsInFile || !execution.HasBegun)
                continue;
            editor.SetOutputs(index, Json(execution, outputs));
            editor.SetExecutionCount(index, execution.Count);
            changed = true;
        }
        var placed = Insert(editor, found, outputs, ref changed);
        return (changed ? editor.ToDocument() : document, placed);
    }

    /// <summary>The outputs of an execution as a JSON list.</summary>
    public static ReadOnlyMemory<byte> Json(Execution execution, Action<Execution, Utf8JsonWriter> outputs)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, MessageJson.Relaxed))
            outputs(execution, json);
        return buffer.WrittenMemory;
    }

    /// <summary>
    /// Where each execution's cell is; of two that have the same cell the later one has it. A cell that is to be put in has the number of the cell
    /// that it comes before.
    /// </summary>
    public static List<Placed> Find(NotebookDocument document, IReadOnlyList<Execution> executions, IReadOnlyList<string>? stated)
    {
        var finder = new CellFinder(document, stated);
        var taken = new Dictionary<int, int>();
        var found = new List<Placed>();
        var after = -1;
        foreach (var execution in executions.Where(execution => !execution.IsDropped))
        {
            var index = finder.Find(execution, after);
            if (index >= 0)
            {
                if (taken.TryGetValue(index, out var older))
                    found[older] = found[older] with { Index = -1 };
                taken[index] = found.Count;
                after = index;
                found.Add(new Placed(execution, index, execution.Changed, false));
            }
            else if (execution.CellId is not null && execution.IsOfNotebook && (finder.HasIds || execution.Index < 0))
                found.Add(new Placed(execution, PlaceOf(execution, stated, document, after), execution.Changed, true));
            else
                found.Add(new Placed(execution, -1, execution.Changed, false));
        }
        return found;
    }

    private static int PlaceOf(Execution execution, IReadOnlyList<string>? stated, NotebookDocument document, int after)
    {
        var onPage = stated is null ? -1 : stated.ToList().IndexOf(execution.CellId!);
        for (var before = onPage - 1; before >= 0; before--)
        {
            var cell = document.ModelIds.ToList().IndexOf(stated![before]);
            if (cell >= 0)
                return cell + 1;
        }
        return onPage == 0 ? 0 : after >= 0 ? after + 1 : document.Cells.Count;
    }

    private static List<Placed> Insert(NotebookEditor editor, List<Placed> found, Action<Execution, Utf8JsonWriter> outputs, ref bool changed)
    {
        var shift = 0;
        var placed = new Placed[found.Count];
        // From the front, so that cells put in at one place keep the order they ran in.
        foreach (var (place, number) in found.Select((place, number) => (place, number)).OrderBy(each => each.place.Index).ThenBy(each => each.place.IsInserted ? 0 : 1))
        {
            if (place.Index < 0)
            {
                placed[number] = place;
                continue;
            }
            var index = place.Index + shift;
            placed[number] = place with { Index = index };
            if (!place.IsInserted)
                continue;
            var execution = place.Execution;
            Insert(editor, execution, index, outputs);
            shift++;
            changed = true;
        }
        return [.. placed];
    }

    /// <summary>Puts in the cell of an execution.</summary>
    public static void Insert(NotebookEditor editor, Execution execution, int index, Action<Execution, Utf8JsonWriter> outputs)
    {
        editor.InsertCell(index, "code", execution.Source, execution.CellId is { } id && IsId(id) ? id : null);
        editor.SetOutputs(index, Json(execution, outputs));
        editor.SetExecutionCount(index, execution.Count);
    }

    private static bool IsId(string id) => id.Length is > 0 and <= 64 && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
