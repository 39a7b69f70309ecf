using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Holdfast.Notebooks.Running;

/// <summary>A value that a caller gives to a parameter of a notebook: what YAML and JSON have in common.</summary>
public abstract record ParameterValue
{
    private ParameterValue()
    {
    }

    /// <summary>Nothing.</summary>
    public sealed record None : ParameterValue;

    /// <summary>A truth value.</summary>
    public sealed record Truth(bool Value) : ParameterValue;

    /// <summary>A whole number of any size.</summary>
    public sealed record Whole(BigInteger Value) : ParameterValue;

    /// <summary>A double; NaN and the infinities too.</summary>
    public sealed record Real(double Value) : ParameterValue;

    /// <summary>A text.</summary>
    public sealed record Text(string Value) : ParameterValue;

    /// <summary>Values in their order.</summary>
    public sealed record Sequence(IReadOnlyList<ParameterValue> Items) : ParameterValue;

    /// <summary>Values by names, in their order.</summary>
    public sealed record Mapping(IReadOnlyList<KeyValuePair<string, ParameterValue>> Members) : ParameterValue;

    /// <summary>What a word of a command line stands for, as papermill reads <c>-p</c>: True, False, None, what Python's int or float takes, else the text.</summary>
    public static ParameterValue OfWord(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return word switch
        {
            "True" => new Truth(true),
            "False" => new Truth(false),
            "None" => new None(),
            _ => OfNumber(word.Trim()) ?? new Text(word),
        };
    }

    /// <summary>Writes it as JSON. What JSON has no numbers for becomes a text: <c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c>.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        switch (this)
        {
            case Truth truth: json.WriteBooleanValue(truth.Value); break;
            case Whole whole: json.WriteRawValue(whole.Value.ToString(CultureInfo.InvariantCulture)); break;
            case Real real when double.IsFinite(real.Value): json.WriteRawValue(ParameterLanguage.Repr(real.Value)); break;
            case Real real: json.WriteStringValue(double.IsNaN(real.Value) ? "NaN" : real.Value > 0 ? "Infinity" : "-Infinity"); break;
            case Text text: json.WriteStringValue(text.Value); break;
            case Sequence sequence:
                json.WriteStartArray();
                foreach (var item in sequence.Items) item.Write(json);
                json.WriteEndArray();
                break;
            case Mapping mapping: Write(json, mapping.Members); break;
            default: json.WriteNullValue(); break;
        }
    }

    /// <summary>Writes values by names as a JSON object.</summary>
    internal static void Write(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, ParameterValue>> members)
    {
        json.WriteStartObject();
        foreach (var (name, value) in members)
        {
            json.WritePropertyName(name);
            value.Write(json);
        }

        json.WriteEndObject();
    }

    /// <summary>The number that Python's <c>int</c> or else <c>float</c> makes of a text without spaces around it; null when it is none.</summary>
    internal static ParameterValue? OfNumber(string text)
    {
        // Python lets single underscores stand between digits.
        var digits = text.Length > 2 ? text.Where((letter, at) => letter != '_' || at == 0 || at == text.Length - 1 || !char.IsAsciiDigit(text[at - 1]) || !char.IsAsciiDigit(text[at + 1])) : text;
        var number = string.Concat(digits);
        if (number.Contains(',', StringComparison.Ordinal)) return null;
        if (BigInteger.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return new Whole(whole);
        var name = number.TrimStart('+', '-');
        if (number.Length - name.Length <= 1 && name.ToLowerInvariant() is "nan" or "inf" or "infinity")
            return new Real(name[0] is 'n' or 'N' ? double.NaN : number[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity);
        return name.Length > 0 && (char.IsAsciiDigit(name[0]) || name[0] == '.') && double.TryParse(number, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var real)
            ? new Real(real)
            : null;
    }
}
