using System.Text;
using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Percent;

/// <summary>Values as people write them behind a cell marker: JSON, and Python's own spelling of the same.</summary>
internal static class LooseJson
{
    /// <summary>Reads one value from a place on; null when there is none. The place is then behind it.</summary>
    public static byte[]? Read(string text, ref int at)
    {
        var json = new StringBuilder();
        var depth = 0;
        var next = at;
        while (next < text.Length)
        {
            var sign = text[next];
            if (depth == 0 && json.Length > 0 && char.IsWhiteSpace(sign)) break;
            if (sign is '"' or '\'')
            {
                if (!TryString(text, ref next, json)) return null;
            }
            else if (char.IsAsciiLetter(sign))
            {
                var start = next;
                while (next < text.Length && char.IsAsciiLetterOrDigit(text[next])) next++;
                json.Append(text[start..next] switch { "True" => "true", "False" => "false", "None" => "null", var word => word });
            }
            else
            {
                depth += sign is '[' or '{' or '(' ? 1 : sign is ']' or '}' or ')' ? -1 : 0;
                json.Append(sign switch { '(' => '[', ')' => ']', _ => sign });
                next++;
            }
        }

        var bytes = Encoding.UTF8.GetBytes(json.ToString());
        if (bytes.Length == 0 || new JsonTape().Scan(bytes, 0, 0, toTheEnd: true).Problem is not null) return null;
        at = next;
        return bytes;
    }

    private static bool TryString(string text, ref int at, StringBuilder json)
    {
        var quote = text[at];
        var inside = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] == quote)
            {
                at++;
                json.Append('"').Append(inside).Append('"');
                return true;
            }

            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
                if (text[at] != '\'') inside.Append('\\');
            }
            else if (text[at] == '"')
            {
                inside.Append('\\');
            }

            inside.Append(text[at]);
        }

        return false;
    }
}
