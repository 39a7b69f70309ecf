using System.Text;
using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Model;

/// <summary>Finds the style of a notebook's file.</summary>
internal static class StyleOf
{
    public static JsonStyle Document(NotebookDocument document) => JsonStyle.Detect(
        document.Tape,
        Ascii.IsValid(document.Bytes.Span) && HasEscapedCharacter(document.Bytes.Span),
        IsSorted(document.Tape),
        IsJoined(document));

    private static bool HasEscapedCharacter(ReadOnlySpan<byte> bytes)
    {
        for (var at = bytes.IndexOf((byte)'\\'); at >= 0 && at + 5 < bytes.Length;)
        {
            if (bytes[at + 1] == 'u' && (bytes[at + 2] != '0' || bytes[at + 3] != '0' || bytes[at + 4] >= '8'))
                return true;
            var next = bytes[(at + 2)..].IndexOf((byte)'\\');
            at = next < 0 ? -1 : at + 2 + next;
        }
        return false;
    }

    private static bool IsSorted(JsonTape tape)
    {
        for (var node = 0; node < tape.Nodes.Length; node++)
        {
            if (tape[node].Kind == JsonKind.Object && !tape.InOrder(tape.Items(node)))
                return false;
        }
        return true;
    }

    private static bool IsJoined(NotebookDocument document)
    {
        var joined = false;
        foreach (var cell in document.Cells)
        {
            var source = cell.SourceJson.Span;
            if (source[0] == '[')
                return false;
            joined |= source.IndexOf("\\n"u8) >= 0;
        }
        return joined;
    }
}
