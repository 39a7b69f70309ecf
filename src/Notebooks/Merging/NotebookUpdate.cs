using System.Buffers;
using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Model;

namespace Holdfast.Notebooks.Merging;

/// <summary>The save rule of the contents API.</summary>
internal static class NotebookUpdate
{
    /// <param name="file">What is on disk.</param>
    /// <param name="content">What the client sent, in version 4 and with ids.</param>
    public static NotebookDocument Apply(NotebookDocument file, NotebookDocument content)
    {
        // 1. Pair the cells, and see which are the same.
        var old = file.Upgrade();
        var matches = CellMatching.Match(old, content);
        var same = Compare(old, content, matches);
        // 2. Nothing new: the file stays, even when it is of version 3 or lacks ids that clients were sent.
        if (IsUnchanged(old, content, matches, same))
            return file;
        if (file.Major < 4)
            return JupyterFile.Of(content);
        // 3. Write it, with every id that clients were sent, as Jupyter does.
        var cells = new CellTarget[matches.Length];
        for (var cell = 0; cell < cells.Length; cell++)
        {
            var keeps = same[cell] && old.Cells[matches[cell]].Id == content.Cells[cell].Id;
            cells[cell] = keeps ? CellTarget.Kept(matches[cell]) : new CellTarget(matches[cell], content.Cells[cell].Json);
        }
        var writer = new ArrayBufferWriter<byte>(old.Bytes.Length + 4096);
        NotebookRewrite.Write(old, content.Tape, cells, writer);
        return NotebookDocument.Parsed(writer.WrittenMemory);
    }

    private static bool[] Compare(NotebookDocument old, NotebookDocument content, int[] matches)
    {
        var same = new bool[matches.Length];
        var oldTape = new JsonTape();
        var newTape = new JsonTape();
        for (var cell = 0; cell < matches.Length; cell++)
        {
            same[cell] = matches[cell] >= 0
                && JsonEquality.SameCell(oldTape.Load(old.Cells[matches[cell]].Json), newTape.Load(content.Cells[cell].Json));
        }
        return same;
    }

    private static bool IsUnchanged(NotebookDocument old, NotebookDocument content, int[] matches, bool[] same)
    {
        if (old.Cells.Count != content.Cells.Count)
            return false;
        for (var cell = 0; cell < matches.Length; cell++)
        {
            if (matches[cell] != cell || !same[cell] || old.ModelIds[cell] != content.ModelIds[cell])
                return false;
        }
        return SameMembers(old.Tape, content.Tape) && SameMembers(content.Tape, old.Tape);
    }

    private static bool SameMembers(JsonTape a, JsonTape b)
    {
        foreach (var key in a.Items(0))
        {
            var name = a.Name(key);
            if (name.SequenceEqual("cells"u8) || a.Find(0, name) != key + 1)
                continue;
            var role = Roles.OfMember(Role.Notebook, name);
            var other = b.Find(0, name);
            if (other < 0 && role != Role.NotebookMetadata)
                return false;
            var value = other < 0 ? "{}"u8.ToArray() : b.Slice(other);
            if (!JsonEquality.Same(new JsonTape().Load(a.Slice(key + 1)), 0, new JsonTape().Load(value), 0, role))
                return false;
        }
        return true;
    }
}
