using System.Text.Json;
using Holdfast.Notebooks;

namespace Holdfast.Lab.Recording;

/// <summary>
/// The widgets in a notebook's metadata, <c>metadata.widgets["application/vnd.jupyter.widget-state+json"]</c>: those that its kernel has or had,
/// and of others those that an output still shows.
/// </summary>
internal static class NotebookWidgets
{
    private const string StateType = "application/vnd.jupyter.widget-state+json";

    /// <summary>How the state of a widget names another one.</summary>
    private static ReadOnlySpan<byte> Reference => "IPY_MODEL_"u8;

    /// <summary>The notebook with the widgets of its kernel, and those of the file that it lacks; itself when it has them all.</summary>
    /// <param name="document">The notebook, with its outputs.</param>
    /// <param name="file">What is in the file, where that is another one; else null.</param>
    /// <param name="recorded">The kernel's widgets by their ids; the value is null where the file's must do.</param>
    /// <param name="isOpen">Whether the kernel still has one.</param>
    public static NotebookDocument Apply(
        NotebookDocument document, NotebookDocument? file, IReadOnlyDictionary<string, ReadOnlyMemory<byte>?> recorded, Predicate<string> isOpen)
    {
        var inFile = file is null ? [] : States(file.MetadataJson);
        if ((recorded.Count == 0 && inFile.Count == 0) || !MessageJson.TryMembers(document.MetadataJson, out var metadata))
            return document;
        var known = States(document.MetadataJson);
        var all = new SortedDictionary<string, ReadOnlyMemory<byte>>(known, StringComparer.Ordinal);
        foreach (var (id, state) in inFile)
            all[id] = state;
        foreach (var (id, state) in recorded)
        {
            if (state is { } whole)
                all[id] = whole;
        }
        var stays = Shown(document, all, all.Keys.Where(id => recorded.Count == 0 ? known.ContainsKey(id) : recorded.ContainsKey(id) && isOpen(id)));
        foreach (var id in all.Keys.Where(id => !stays.Contains(id)).ToList())
            all.Remove(id);
        if (Same(all, known))
            return document;
        var widgets = metadata.TryGetValue("widgets", out var others) ? MessageJson.Members(others) : [];
        widgets[StateType] = MessageJson.Object([
            new("state", MessageJson.Object(all)),
            new("version_major", "2"u8.ToArray()),
            new("version_minor", "0"u8.ToArray()),
        ]);
        if (all.Count == 0)
            widgets.Remove(StateType);
        metadata["widgets"] = MessageJson.Object(widgets);
        if (widgets.Count == 0)
            metadata.Remove("widgets");
        var editor = document.Edit();
        editor.SetNotebookMetadata(MessageJson.Object(metadata));
        return editor.ToDocument();
    }

    private static SortedDictionary<string, ReadOnlyMemory<byte>> States(ReadOnlyMemory<byte> metadata)
    {
        var states = MessageJson.Members(MessageJson.Slice(metadata, "widgets"u8)).GetValueOrDefault(StateType);
        return MessageJson.Number(states.Span, "version_major"u8) == 2 ? MessageJson.Members(MessageJson.Slice(states, "state"u8)) : [];
    }

    private static bool Same(SortedDictionary<string, ReadOnlyMemory<byte>> one, SortedDictionary<string, ReadOnlyMemory<byte>> other) =>
        one.Count == other.Count && one.All(each => other.TryGetValue(each.Key, out var value) && each.Value.Span.SequenceEqual(value.Span));

    /// <summary>The ids that the outputs show, those given, and all that these refer to.</summary>
    private static HashSet<string> Shown(NotebookDocument document, SortedDictionary<string, ReadOnlyMemory<byte>> states, IEnumerable<string> given)
    {
        var shown = new HashSet<string>(given, StringComparer.Ordinal);
        foreach (var cell in document.Cells)
        {
            if (cell.OutputsJson.Span.IndexOf("\"model_id\""u8) >= 0)
                AddReferences(cell.OutputsJson.Span, shown);
        }
        var waiting = new Queue<string>(shown);
        while (waiting.TryDequeue(out var id))
        {
            if (!states.TryGetValue(id, out var state))
                continue;
            var found = new HashSet<string>(StringComparer.Ordinal);
            AddReferences(state.Span, found);
            foreach (var other in found.Where(shown.Add))
                waiting.Enqueue(other);
        }
        return shown;
    }

    /// <summary>Adds each <c>"model_id": "ID"</c> and <c>"IPY_MODEL_ID"</c>.</summary>
    private static void AddReferences(ReadOnlySpan<byte> json, HashSet<string> ids)
    {
        var reader = new Utf8JsonReader(json);
        var isId = false;
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.String && (isId || reader.ValueSpan.StartsWith(Reference)))
                    ids.Add(reader.GetString()![(isId ? 0 : Reference.Length)..]);
                isId = reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("model_id"u8);
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Numbers that only Python reads, or text that is none: what comes behind is not looked at.
        }
    }
}
