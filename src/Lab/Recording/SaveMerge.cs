using System.Text.Json;
using Holdfast.Notebooks;

namespace Holdfast.Lab.Recording;

/// <summary>One save of a client, after rule 5 of docs/recording.md was applied to it.</summary>
internal sealed class SaveMerge(NotebookDocument content, RecordedPlace? place)
{
    private readonly List<int> _kept = [];
    private readonly List<Execution> _cleared = [];
    private readonly List<Execution> _deleted = [];
    private readonly List<(Execution Execution, int Index)> _confirmed = [];

    /// <summary>What is to be saved.</summary>
    public NotebookDocument Content { get; private set; } = content;

    /// <summary>Up to where the record was true.</summary>
    public RecordedPlace? Place => place;

    /// <summary>Numbers of the request's cells whose outputs were not taken, without those that still run.</summary>
    public IReadOnlyList<int> Kept => _kept;

    /// <summary>Executions whose outputs are the client's business from now on.</summary>
    public IReadOnlyList<Execution> Cleared => _cleared;

    /// <summary>Executions whose cell the user has deleted.</summary>
    public IReadOnlyList<Execution> Deleted => _deleted;

    /// <summary>Executions whose cell the client has, with its number.</summary>
    public IReadOnlyList<(Execution Execution, int Index)> Confirmed => _confirmed;

    public void Apply(
        NotebookDocument? file,
        IReadOnlyList<Execution> executions,
        IReadOnlyList<string>? stated,
        PageStatement? statement,
        Action<Execution, Utf8JsonWriter> outputs,
        Predicate<Execution> isSeen)
    {
        var sent = Content;
        var editor = sent.Edit();
        var inFile = file is null ? [] : NotebookFold.Find(file, executions, stated).Where(found => found is { Index: >= 0, IsInserted: false }).ToDictionary(found => found.Execution, found => found.Index);
        var isStated = statement?.Cells.Count == sent.Cells.Count;
        var ids = (isStated ? statement!.Cells : sent.ModelIds).Select((id, index) => (id, index)).Where(each => each.id is not null)
            .GroupBy(each => each.id!, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().index, StringComparer.Ordinal);
        var matches = file?.MatchCells(sent) ?? [];
        var again = new List<(Execution Execution, int Place)>();
        var touched = new List<(Execution Execution, int Index)>();
        foreach (var execution in executions.Where(execution => !execution.IsDropped))
        {
            var old = inFile.GetValueOrDefault(execution, -1);
            var index = execution.CellId is { } id && ids.TryGetValue(id, out var byId) ? byId : old >= 0 ? Array.IndexOf(matches, old) : -1;
            if (index < 0)
            {
                var isKnown = statement?.Known.Contains(execution.MessageId) ?? false;
                if (execution.IsInserted && statement is not null && !isKnown)
                    again.Add((execution, PlaceOf(matches, old)));
                else if (old >= 0 || isKnown)
                    _deleted.Add(execution);
                continue;
            }
            if (sent.Cells[index].Type != "code")
                continue;
            _confirmed.Add((execution, index));
            if (execution.IsOver && (statement is null ? isSeen(execution) : IsCleared(statement, isStated ? statement.Cells[index] : sent.ModelIds[index], execution, sent.Cells[index])))
            {
                _cleared.Add(execution);
                continue;
            }
            if (!execution.IsInFile && execution.HasBegun)
            {
                editor.SetOutputs(index, NotebookFold.Json(execution, outputs));
                editor.SetExecutionCount(index, execution.Count);
            }
            else if (file is not null && old >= 0)
            {
                editor.SetOutputs(index, file.Cells[old].OutputsJson);
                editor.SetExecutionCount(index, file.Cells[old].ExecutionCount);
            }
            else
                continue;
            touched.Add((execution, index));
        }
        if (touched.Count == 0 && again.Count == 0)
            return;
        var merged = editor.ToDocument();
        _kept.AddRange(touched.Where(each => each.Execution.IsOver && !merged.Cells[each.Index].HasSameOutputs(sent.Cells[each.Index])).Select(each => each.Index).Distinct());
        if (again.Count == 0)
        {
            Content = merged;
            return;
        }
        var more = merged.Edit();
        foreach (var (execution, place) in again.OrderByDescending(each => each.Place))
            NotebookFold.Insert(more, execution, place, outputs);
        Content = more.ToDocument();
    }

    /// <summary>The content has its widgets now.</summary>
    public void SetWidgets(NotebookDocument content) => Content = content;

    /// <summary>Writes the member <c>holdfast</c> of the answer.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("holdfast"u8);
        json.WriteNumber("number"u8, place?.Number ?? 0);
        json.WriteStartArray("kept"u8);
        foreach (var index in _kept)
            json.WriteNumberValue(index);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Where in the request a cell of the file goes that it lacks: behind the cell that stands before it in the file.</summary>
    private static int PlaceOf(int[] matches, int old)
    {
        var place = 0;
        for (var index = 0; index < matches.Length; index++)
        {
            if (matches[index] >= 0 && matches[index] < old)
                place = index + 1;
        }
        return place;
    }

    private static bool IsCleared(PageStatement statement, string? id, Execution execution, NotebookCell cell) =>
        id is not null && statement.Cleared.TryGetValue(id, out var known) && known == execution.MessageId && cell.OutputsJson.Span.IndexOf((byte)'{') < 0;
}
