using System.Text;
using System.Text.RegularExpressions;
using Holdfast.Notebooks.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Holdfast.Notebooks.Percent;

/// <summary>The YAML in a script's header, from JSON and to it: written as PyYAML's safe_dump does, but that long lines stay whole.</summary>
internal static partial class HeaderYaml
{
    private const int Deepest = 64;

    /// <summary>The lines of a JSON object.</summary>
    public static List<string> Lines(ReadOnlyMemory<byte> json)
    {
        var lines = new List<string>();
        var tape = new JsonTape().Load(json);
        Write(tape, 0, "", "", lines);
        return lines;
    }

    /// <summary>The JSON of a YAML document.</summary>
    /// <exception cref="YamlException">It is not YAML, or has what JSON has not: aliases, keys that are no texts.</exception>
    public static byte[] ToJson(string yaml)
    {
        var parser = new Parser(new StringReader(yaml));
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _)) return "null"u8.ToArray();
        var json = new StringBuilder();
        Read(parser, json, 0);
        return Encoding.UTF8.GetBytes(json.ToString());
    }

    // What stands before the first line of a value (a key, a dash) is lead; what stands before the others is indent.
    private static void Write(JsonTape tape, int node, string lead, string indent, List<string> lines)
    {
        switch (tape[node].Kind)
        {
            case JsonKind.Object when tape.Items(node).Length > 0:
                foreach (var key in tape.SortedKeys(node))
                {
                    var name = $"{lead}{Scalar(JsonText.ToString(tape, key))}:";
                    lead = indent;
                    var kind = tape[key + 1].Kind;
                    var isBlock = kind is JsonKind.Object or JsonKind.Array && tape.Items(key + 1).Length > 0;
                    if (!isBlock)
                    {
                        Write(tape, key + 1, name + " ", indent, lines);
                        continue;
                    }

                    lines.Add(name);
                    var inner = kind == JsonKind.Object ? indent + "  " : indent;
                    Write(tape, key + 1, inner, inner, lines);
                }

                break;
            case JsonKind.Array when tape.Items(node).Length > 0:
                foreach (var item in tape.Items(node))
                {
                    Write(tape, item, lead + "- ", indent + "  ", lines);
                    lead = indent;
                }

                break;
            case JsonKind.String:
                lines.Add(lead + Scalar(JsonText.ToString(tape, node)));
                break;
            default:
                lines.Add(lead + Encoding.UTF8.GetString(tape.Raw(node)));
                break;
        }
    }

    private static string Scalar(string text)
    {
        if (text.Any(sign => sign is < ' ' or > '~')) return PercentMetadata.Spelled(JsonStrings.Quote(text));
        var isPlain = text.Length > 0 && text.Trim() == text && !"#,[]{}&*!|>'\"%@`".Contains(text[0], StringComparison.Ordinal) && !(text[0] is '-' or '?' or ':' && text is [_] or [_, ' ', ..])
            && !text.StartsWith("---", StringComparison.Ordinal) && !text.StartsWith("...", StringComparison.Ordinal)
            && !text.Contains(": ", StringComparison.Ordinal) && !text.EndsWith(':') && !text.Contains(" #", StringComparison.Ordinal) && !MeansMore().IsMatch(text);
        return isPlain ? text : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    private static void Read(IParser parser, StringBuilder json, int depth)
    {
        if (depth > Deepest) throw new YamlException(parser.Current!.Start, parser.Current.End, "it is nested too deeply");
        if (parser.TryConsume<Scalar>(out var scalar))
        {
            json.Append(scalar.Style == ScalarStyle.Plain && Word(scalar.Value) is { } word ? word : Quoted(scalar.Value));
        }
        else if (parser.TryConsume<SequenceStart>(out _))
        {
            json.Append('[');
            for (var first = true; !parser.TryConsume<SequenceEnd>(out _); first = false)
            {
                if (!first) json.Append(',');
                Read(parser, json, depth + 1);
            }

            json.Append(']');
        }
        else if (parser.TryConsume<MappingStart>(out _))
        {
            json.Append('{');
            for (var first = true; !parser.TryConsume<MappingEnd>(out _); first = false)
            {
                if (!first) json.Append(',');
                json.Append(Quoted(parser.Consume<Scalar>().Value)).Append(':');
                Read(parser, json, depth + 1);
            }

            json.Append('}');
        }
        else
        {
            throw new YamlException(parser.Current!.Start, parser.Current.End, "it has an alias, which a notebook cannot hold");
        }
    }

    /// <summary>What a text without quotes means other than itself; null when it is a text.</summary>
    private static string? Word(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => "null",
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => "true",
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => "false",
        _ => Number().IsMatch(text) ? text : null,
    };

    private static string Quoted(string text) => Encoding.UTF8.GetString(JsonStrings.Quote(text));

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+([eE][-+]?[0-9]+)?)?$")]
    private static partial Regex Number();

    // YAML 1.1: what is read as null, a truth value, a number or a date.
    [GeneratedRegex(@"^(~|=|<<|[nN]ull|NULL|[yY]es|YES|[nN]o|NO|[tT]rue|TRUE|[fF]alse|FALSE|[oO]n|ON|[oO]ff|OFF|[-+]?0b[01_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?[0-9][0-9_]*|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?|[-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9][0-9_]*([eE][-+][0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?)$")]
    private static partial Regex MeansMore();
}
