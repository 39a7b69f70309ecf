using Holdfast.Notebooks.Merging;

namespace Holdfast.Notebooks.Percent;

/// <summary>
/// Puts an edited script into its notebook. What the script was before the edit is made again from the notebook, and only where the two differ
/// the notebook changes: what a script cannot hold is then no difference.
/// </summary>
internal static class PercentUpdate
{
    public static NotebookDocument Apply(NotebookDocument notebook, PercentNotebook now, PercentLanguage language)
    {
        // 1. The script as it was; each of its cells is the notebook's of that number.
        var old = notebook.Upgrade();
        var before = PercentReader.Read(PercentWriter.Write(old, language), language);
        if (before.Cells.Count != old.Cells.Count) before = before with { Cells = [.. old.Cells.Select(cell => new PercentCell(cell.Type, cell.Source, PercentMetadata.Of(cell.MetadataJson)))] };

        // 2. Which cell is which. A source that stands once in both is an id, so that a cell is found wherever it was moved.
        var unique = Unique(before).Intersect(Unique(now)).Index().ToDictionary(source => source.Item, source => source.Index);
        var matches = CellMatching.Match(Document(before, unique), Document(now, unique));

        // 3. The edits.
        var editor = old.Edit();
        var isChanged = Arrange(editor, now, matches, old.Cells.Count);
        for (var cell = 0; cell < matches.Length; cell++)
        {
            var was = matches[cell] < 0 ? null : before.Cells[matches[cell]];
            if (was is not null && was.Source != now.Cells[cell].Source)
            {
                editor.SetSource(cell, now.Cells[cell].Source);
                isChanged = true;
            }

            if (now.Cells[cell].Metadata is var metadata && !metadata.IsSame(was?.Metadata ?? new PercentMetadata()))
            {
                editor.SetMetadata(cell, Merged(was is null ? null : PercentMetadata.Of(old.Cells[matches[cell]].MetadataJson), was?.Metadata, metadata));
                isChanged = true;
            }
        }

        if (!now.IsPlain && !now.Metadata.IsSame(before.Metadata))
        {
            editor.SetNotebookMetadata(Merged(PercentMetadata.Of(old.MetadataJson), before.Metadata, now.Metadata));
            isChanged = true;
        }

        return isChanged ? editor.ToDocument() : notebook;
    }

    /// <summary>Takes out what is gone, and puts the rest in order with the new cells between.</summary>
    private static bool Arrange(NotebookEditor editor, PercentNotebook now, int[] matches, int count)
    {
        var places = Enumerable.Range(0, count).ToList();
        for (var cell = count - 1; cell >= 0; cell--)
        {
            if (matches.Contains(cell)) continue;
            editor.DeleteCell(cell);
            places.RemoveAt(cell);
        }

        var isChanged = places.Count < count;
        for (var cell = 0; cell < matches.Length; cell++)
        {
            if (matches[cell] < 0)
            {
                editor.InsertCell(cell, now.Cells[cell].Type, now.Cells[cell].Source);
                places.Insert(cell, -1);
                isChanged = true;
            }
            else if (places[cell] != matches[cell])
            {
                var from = places.IndexOf(matches[cell]);
                editor.MoveCell(from, cell);
                places.RemoveAt(from);
                places.Insert(cell, matches[cell]);
                isChanged = true;
            }
        }

        return isChanged;
    }

    /// <summary>What the script says now, and of the notebook what no script says.</summary>
    private static byte[] Merged(PercentMetadata? notebook, PercentMetadata? before, PercentMetadata now)
    {
        var merged = new PercentMetadata();
        foreach (var (key, json) in notebook?.Members ?? [])
        {
            if (now.Has(key) || before?.Has(key) != true) merged.Set(key, json);
        }

        foreach (var (key, json) in now.Members) merged.Set(key, json);
        return merged.ToJson();
    }

    private static IEnumerable<(string Type, string Source)> Unique(PercentNotebook script) =>
        script.Cells.Select(cell => (cell.Type, cell.Source)).GroupBy(cell => cell).Where(same => same.Count() == 1).Select(same => same.Key);

    // In 4.4, where cells without ids get none.
    private static NotebookDocument Document(PercentNotebook script, Dictionary<(string Type, string Source), int> ids) =>
        NotebookDocument.Parsed(NotebookPercent.Model(script, new PercentMetadata(), 4, cell => ids.TryGetValue((cell.Type, cell.Source), out var id) ? $"{id}" : null));
}
