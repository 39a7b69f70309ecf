using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Merging;
using Holdfast.Notebooks.Model;

namespace Holdfast.Notebooks.ThreeWay;

/// <summary>Merges the cells of three notebooks one by one.</summary>
internal sealed class CellMerge(NotebookDocument? start, NotebookDocument ours, NotebookDocument theirs)
{
    /// <summary>The cells of the merged notebook.</summary>
    public List<CellTarget> Cells { get; } = [];

    /// <summary>How many cells both sides changed in ways that cannot be put together.</summary>
    public int Conflicts { get; private set; }

    public void Add(CellTriple triple)
    {
        NotebookCell? from = triple.Start is { } known ? start!.Cells[known] : null;
        NotebookCell? other = triple.Theirs is { } there ? theirs.Cells[there] : null;
        if (triple.Ours is { } here)
            Add(from, here, ours.Cells[here], other);
        else if (from is { } was && SameSource(was, other!.Value))
            return;
        else if (from is null)
            Cells.Add(new CellTarget(-1, other!.Value.Json));
        else
            Conflict(null, other!.Value.Json);
    }

    private void Add(NotebookCell? from, int place, NotebookCell mine, NotebookCell? other)
    {
        if (other is not { } theirCell)
        {
            // They took it out, or never had it.
            if (from is null)
                Cells.Add(CellTarget.Kept(place));
            else if (!SameSource(from.Value, mine))
                Conflict(place, null);
            return;
        }
        if (from is { } old && old.Id != theirCell.Id && old.Id == mine.Id && Same(old, mine))
            Cells.Add(new CellTarget(place, theirCell.Json));
        else if (Same(mine, theirCell) || (from is { } was && Same(was, theirCell)))
            Cells.Add(CellTarget.Kept(place));
        else if (from is { } before && Same(before, mine))
            Cells.Add(new CellTarget(place, theirCell.Json));
        else if (Merged(from, mine, theirCell) is { } merged)
            Cells.Add(new CellTarget(place, merged));
        else
            Conflict(place, theirCell.Json);
    }

    /// <summary>A cell that both sides changed; null when its source cannot be merged. Outputs stay with the count of the run they are from.</summary>
    private static ReadOnlyMemory<byte>? Merged(NotebookCell? from, NotebookCell mine, NotebookCell other)
    {
        var source = mine.Source == other.Source ? mine.Source : from is { } was ? LineMerge.Of(was.Source, mine.Source, other.Source) : null;
        if (source is null || (mine.Type != other.Type && from?.Type != mine.Type && from?.Type != other.Type))
            return null;
        var given = new Dictionary<string, ReadOnlyMemory<byte>?>
        {
            ["source"] = source == mine.Source ? mine.SourceJson : source == other.Source ? other.SourceJson : JsonStrings.Quote(source),
        };
        if (mine.Type == "code" && other.Type == "code")
        {
            var run = from is { } before && before.HasSameOutputs(mine) ? other : mine;
            given["outputs"] = run.OutputsJson;
            given["execution_count"] = System.Text.Encoding.ASCII.GetBytes(run.ExecutionCount?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null");
        }
        return ObjectMerge.Of(Tape(from?.Json ?? "{}"u8.ToArray()), Tape(mine.Json), Tape(other.Json), Role.Cell, given);
    }

    /// <summary>Both cells between cells that say so: the notebook opens, and nothing is lost.</summary>
    private void Conflict(int? place, ReadOnlyMemory<byte>? other)
    {
        Conflicts++;
        Cells.Add(new CellTarget(-1, ConflictCells.Begin));
        if (place is { } mine)
            Cells.Add(CellTarget.Kept(mine));
        Cells.Add(new CellTarget(-1, ConflictCells.Middle));
        if (other is { } json)
            Cells.Add(new CellTarget(-1, json));
        Cells.Add(new CellTarget(-1, ConflictCells.End));
    }

    private static bool Same(NotebookCell one, NotebookCell other) => JsonEquality.SameCell(Tape(one.Json), Tape(other.Json));

    private static bool SameSource(NotebookCell one, NotebookCell other) => one.Type == other.Type && one.Source == other.Source;

    private static JsonTape Tape(ReadOnlyMemory<byte> json) => new JsonTape().Load(json);
}
