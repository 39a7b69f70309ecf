using System.Buffers;
using System.Globalization;
using System.Text;
using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Running;

/// <summary>How the languages of Jupyter's name assign values: Julia, Python and R.</summary>
internal sealed class ParameterLanguage
{
    private static readonly ParameterLanguage Python = new() { Null = "None", True = "True", False = "False", List = "[", Map = "{", Pair = ": ", NotFinite = "float('{0}')" };
    private static readonly ParameterLanguage R = new() { Null = "NULL", True = "TRUE", False = "FALSE", List = "list(", Map = "list(", Pair = " = ", NaN = "NaN", Infinity = "Inf" };
    private static readonly ParameterLanguage Julia = new() { Null = "nothing", True = "true", False = "false", List = "[", Map = "Dict(", Pair = " => ", NaN = "NaN", Infinity = "Inf", Escaped = "\\\"$" };

    public required string Null { get; init; }
    public required string True { get; init; }
    public required string False { get; init; }
    public required string List { get; init; }
    public required string Map { get; init; }
    public required string Pair { get; init; }
    private string NotFinite { get; init; } = "{0}";
    private string NaN { get; init; } = "nan";
    private string Infinity { get; init; } = "inf";
    private string Escaped { get; init; } = "\\\"";

    /// <summary>The language of this name; null for one that is not known. A notebook that names none is in Python.</summary>
    public static ParameterLanguage? Of(string? name) => name?.ToLowerInvariant() switch
    {
        null or "python" => Python,
        "r" => R,
        "julia" => Julia,
        _ => null,
    };

    /// <summary>The source of a cell that assigns all of these, as papermill writes it.</summary>
    public string Assign(IEnumerable<KeyValuePair<string, ParameterValue>> values)
    {
        var source = new StringBuilder("# Parameters\n");
        foreach (var (name, value) in values)
        {
            source.Append(name).Append(" = ");
            Append(source, value);
            source.Append('\n');
        }

        return source.ToString();
    }

    private void Append(StringBuilder source, ParameterValue value)
    {
        switch (value)
        {
            case ParameterValue.Truth truth: source.Append(truth.Value ? True : False); break;
            case ParameterValue.Whole whole: source.Append(whole.Value.ToString(CultureInfo.InvariantCulture)); break;
            case ParameterValue.Real real: source.Append(double.IsFinite(real.Value) ? Repr(real.Value) : NotANumber(real.Value)); break;
            case ParameterValue.Text text: Append(source, text.Value); break;
            case ParameterValue.Sequence sequence: Append(source, List, sequence.Items, item => Append(source, item)); break;
            case ParameterValue.Mapping mapping:
                Append(source, Map, mapping.Members, member =>
                {
                    Append(source, member.Key);
                    source.Append(Pair);
                    Append(source, member.Value);
                });
                break;
            default: source.Append(Null); break;
        }
    }

    private static void Append<T>(StringBuilder source, string open, IReadOnlyList<T> items, Action<T> append)
    {
        source.Append(open);
        for (var item = 0; item < items.Count; item++)
        {
            if (item > 0) source.Append(", ");
            append(items[item]);
        }

        source.Append(open[^1] switch { '[' => ']', '{' => '}', _ => ')' });
    }

    private void Append(StringBuilder source, string text)
    {
        source.Append('"');
        foreach (var letter in text)
        {
            if (Escaped.Contains(letter, StringComparison.Ordinal)) source.Append('\\').Append(letter);
            else if (letter == '\n') source.Append("\\n");
            else if (letter == '\t') source.Append("\\t");
            else if (letter == '\r') source.Append("\\r");
            else if (char.IsControl(letter) || char.IsSurrogate(letter) && !IsWhole(text)) source.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            else source.Append(letter);
        }

        source.Append('"');
    }

    /// <summary>Whether every half of a surrogate pair has its other half.</summary>
    private static bool IsWhole(string text) => !text.EnumerateRunes().Contains(Rune.ReplacementChar) || text.Contains('\uFFFD', StringComparison.Ordinal);

    private string NotANumber(double value) =>
        string.Format(CultureInfo.InvariantCulture, NotFinite, double.IsNaN(value) ? NaN : value > 0 ? Infinity : $"-{Infinity}");

    internal static string Repr(double value)
    {
        var text = new ArrayBufferWriter<byte>();
        var sink = new ByteSink(bytes => text.Write(bytes));
        JsonNumbers.Repr(sink, value);
        sink.Flush();
        return Encoding.ASCII.GetString(text.WrittenSpan);
    }
}
