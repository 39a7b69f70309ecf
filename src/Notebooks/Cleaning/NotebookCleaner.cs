using System.Text;
using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Cleaning;

/// <summary>
/// Takes out of a notebook what changes without anybody having changed it, by nbdev's rules. What stays keeps its bytes; a notebook
/// that is clean comes back as it is. Cleaning twice is cleaning once.
/// </summary>
public static class NotebookCleaner
{
    /// <summary>Cleans. A notebook of version 2 or 3 becomes one of 4.5.</summary>
    /// <returns>The very document that was given when it is clean.</returns>
    public static NotebookDocument Clean(NotebookDocument notebook, CleanRules rules)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        ArgumentNullException.ThrowIfNull(rules);
        notebook = notebook.Upgrade();
        var edits = new ByteEdits();
        var part = new CleanedPart(new JsonTape(), rules, edits);
        var root = notebook.Tape;
        foreach (var key in root.Items(0))
        {
            if (root.Name(key).SequenceEqual("metadata"u8))
                part.Read(notebook.Bytes, root[key + 1].Start).Metadata();
        }
        foreach (var cell in root.Items(root.Find(0, "cells"u8)))
            part.Read(notebook.Bytes, root[cell].Start).Cell();
        return WithIds(edits.IsEmpty ? notebook : NotebookDocument.Parsed(edits.Apply(notebook.Bytes)));
    }

    /// <summary>Gives ids to cells that lack one where format 4.5 asks for it, and another to a cell with the id of one before it.</summary>
    internal static NotebookDocument WithIds(NotebookDocument notebook)
    {
        var editor = (NotebookEditor?)null;
        for (var cell = 0; cell < notebook.Cells.Count; cell++)
        {
            if (notebook.ModelIds[cell] is { } id && notebook.Cells[cell].Id != id)
                (editor ??= notebook.Edit()).SetId(cell, id);
        }
        return editor?.ToDocument() ?? notebook;
    }

    /// <summary>The metadata or a cell of the file, and what is to go from it.</summary>
    private sealed class CleanedPart(JsonTape tape, CleanRules rules, ByteEdits edits)
    {
        public CleanedPart Read(ReadOnlyMemory<byte> file, int start)
        {
            tape.Load(file, start);
            return this;
        }

        public void Metadata()
        {
            Keep(0, key => rules.NotebookKeys.Contains(key) && !(key == "widgets" && (rules.StripOutputs || rules.ClearAll)));
            var spec = rules.NotebookKeys.Contains("kernelspec") ? tape.Find(0, "kernelspec"u8) : -1;
            var name = spec < 0 ? -1 : tape.Find(spec, "name"u8);
            if (name < 0 || tape[name].Kind != JsonKind.String || tape.Inner(name).IsEmpty)
                return;
            var shown = tape.Find(spec, "display_name"u8);
            if (shown >= 0 && !tape.Raw(shown).SequenceEqual(tape.Raw(name)))
                edits.Replace(tape[shown].Start, tape[shown].End, tape.Slice(name));
        }

        public void Cell()
        {
            var strips = rules.ClearAll || (rules.StripOutputs && !CleanTags.KeepsOutput(tape, 0));
            foreach (var key in tape.Items(0))
            {
                switch (Encoding.UTF8.GetString(tape.Name(key)))
                {
                    case "execution_count":
                        SetNull(key + 1);
                        break;
                    case "metadata":
                        Keep(key + 1, name => !rules.ClearAll && rules.CellKeys.Contains(name));
                        break;
                    case "source" when tape[key + 1].Kind == JsonKind.Array && tape.Items(key + 1) is [var line] && tape.IsString(line, ""u8):
                        edits.Replace(tape[key + 1].Start, tape[key + 1].End, "[]"u8.ToArray());
                        break;
                    case "outputs" when tape[key + 1].Kind == JsonKind.Array && strips:
                        if (tape[key + 1].Next > key + 2)
                            edits.Replace(tape[key + 1].Start, tape[key + 1].End, "[]"u8.ToArray());
                        break;
                    case "outputs" when tape[key + 1].Kind == JsonKind.Array:
                        foreach (var output in tape.Items(key + 1).Where(output => tape[output].Kind == JsonKind.Object))
                            Output(output);
                        break;
                }
            }
        }

        private void Output(int output)
        {
            foreach (var key in tape.Items(output))
            {
                switch (Encoding.UTF8.GetString(tape.Name(key)))
                {
                    case "execution_count":
                        SetNull(key + 1);
                        break;
                    case "metadata":
                        Keep(key + 1, rules.OutputKeys.Contains);
                        break;
                    case "text":
                        Text(key + 1);
                        break;
                    case "data":
                        Data(key + 1);
                        break;
                }
            }
        }

        private void Data(int data)
        {
            Keep(data, mime => mime != "application/vnd.google.colaboratory.intrinsic+json");
            if (tape[data].Kind != JsonKind.Object)
                return;
            foreach (var key in tape.Items(data))
            {
                var mime = tape.Name(key);
                if (mime.StartsWith("text"u8))
                    Text(key + 1);
                else if (mime.StartsWith("image"u8) && mime.IndexOf("svg"u8) < 0 && tape[key + 1].Kind == JsonKind.String)
                    Trim(key + 1);
            }
        }

        private void Text(int text)
        {
            if (rules.KeepIds || !JsonText.Is(tape, text))
                return;
            foreach (var line in tape[text].Kind == JsonKind.Array ? tape.Items(text) : [text])
                MemoryAddresses.Remove(tape.Inner(line), tape[line].Start + 1, edits);
        }

        /// <summary>Base64 ends without white space: some programs put a line end behind it and some do not.</summary>
        private void Trim(int text)
        {
            var inner = tape.Inner(text);
            var kept = inner;
            while (!kept.IsEmpty && (kept[^1] == ' ' || (kept.Length > 1 && kept[^2] == '\\' && kept[^1] is (byte)'n' or (byte)'r' or (byte)'t')))
                kept = kept[..^(kept[^1] == ' ' ? 1 : 2)];
            if (kept.Length < inner.Length)
                edits.Delete(tape[text].Start + 1 + kept.Length, tape[text].End - 1);
        }

        private void SetNull(int value)
        {
            if (tape[value].Kind != JsonKind.Null)
                edits.Replace(tape[value].Start, tape[value].End, "null"u8.ToArray());
        }

        /// <summary>Takes out the members that are not kept, each with the comma and the white space that lead to the next one.</summary>
        private void Keep(int container, Func<string, bool> isKept)
        {
            if (tape[container].Kind != JsonKind.Object)
                return;
            var keys = tape.Items(container);
            var kept = Array.ConvertAll(keys, key => isKept(Encoding.UTF8.GetString(tape.Name(key))));
            var last = Array.LastIndexOf(kept, true);
            if (keys.Length > 0 && last < 0)
            {
                edits.Replace(tape[container].Start, tape[container].End, "{}"u8.ToArray());
                return;
            }
            for (var number = 0; number < last; number++)
            {
                if (!kept[number])
                    edits.Delete(tape[keys[number]].Start, tape[keys[number + 1]].Start);
            }
            if (last < keys.Length - 1)
                edits.Delete(tape[keys[last] + 1].End, tape[keys[^1] + 1].End);
        }
    }
}
