using System.Buffers;
using System.Text.Json;
using Holdfast.Hub.Api.Contract;
using Holdfast.Notebooks.Exporting;
using Holdfast.Notebooks.Running;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Holdfast.Cli.Jobs;

/// <summary>Values of a job's parameters: texts, numbers, truth values and lists of them.</summary>
internal static class JobValue
{
    /// <summary>What a word of the command line stands for: JSON where it is that, else the text.</summary>
    public static JsonElement Of(string word) => Json(word) ?? Text(word);

    /// <summary>The values of a sweep's parameter: <c>0.1,0.01</c>, <c>[0.1, 0.01]</c> or a range, <c>{"min": 1, "max": 5}</c>.</summary>
    public static JsonElement Values(string word) => Json(word) is { ValueKind: JsonValueKind.Array or JsonValueKind.Object } values ? values
        : List(word.Split(',').Select(part => Of(part.Trim())));

    /// <summary>What YAML says, by the core schema of YAML 1.2: <c>1e-3</c> is a number, <c>no</c> a text.</summary>
    public static JsonElement Of(YamlNode node, string field) => node switch
    {
        YamlSequenceNode list => List(list.Select((item, at) => Of(item, $"{field}[{at}]"))),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: var plain } => Plain(plain ?? ""),
        YamlScalarNode { Value: var text } => Text(text ?? ""),
        _ => throw YamlFields.Fault(node, $"{field} is a text, a number, true, false or a list of those."),
    };

    /// <summary>The values of a sweep's parameter: a list, or a range for random.</summary>
    public static JsonElement Values(YamlNode node, string field) => node switch
    {
        YamlSequenceNode => Of(node, field),
        YamlMappingNode => Range(node, field),
        _ => throw YamlFields.Fault(node, $"{field} is a list of values, as [0.1, 0.01], or for method: random a range, as {{min: 0.001, max: 0.1, scale: log}}."),
    };

    /// <summary>A value as the notebook's parameter has it; null with what is wrong.</summary>
    public static (JsonElement? Value, string? Problem) Fit(NotebookParameter parameter, JsonElement value)
    {
        var type = TypeOf(parameter);
        JsonElement? fitting = (type, value.ValueKind) switch
        {
            ("str", JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False) => Text(value.GetRawText()),
            ("str", JsonValueKind.String) => value,
            ("int" or "float" or "bool", JsonValueKind.String) => Meant(type, value.GetString()!),
            ("int", JsonValueKind.Number) => ParameterValue.OfWord(value.GetRawText()) is ParameterValue.Whole ? value : null,
            ("float", JsonValueKind.Number) or ("bool", JsonValueKind.True or JsonValueKind.False) or ("list" or "tuple" or "set", JsonValueKind.Array) => value,
            ("str" or "int" or "float" or "bool" or "list" or "tuple" or "set", _) => null,
            _ => value,
        };
        return fitting is not null ? (fitting, null)
            : (null, $"{parameter.Name} is {Kind(type!)}, as {string.Join(' ', parameter.Default.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))} in the notebook, not {Shown(value)}.");
    }

    /// <summary>A value in words: a text as it is, all else as JSON.</summary>
    public static string Shown(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    public static JsonElement List(IEnumerable<JsonElement> items) => Written(json =>
    {
        json.WriteStartArray();
        foreach (var item in items) item.WriteTo(json);
        json.WriteEndArray();
    });

    private static JsonElement Text(string text) => JsonSerializer.SerializeToElement(text, HubJson.Default.String);

    private static JsonElement? Json(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement Plain(string text) => text switch
    {
        "" or "~" or "null" => Json("null")!.Value,
        "true" or "True" or "TRUE" => Json("true")!.Value,
        "false" or "False" or "FALSE" => Json("false")!.Value,
        _ => Number(text) ?? Text(text),
    };

    private static JsonElement Range(YamlNode node, string field)
    {
        var fields = YamlFields.Of(node, field, "min", "max", "scale", "integer").Select(part => (part.Name, part.Name switch
        {
            "scale" => Text(YamlFields.Choice(part.Value, part.Place, "linear", "log")),
            "integer" => Json(YamlFields.Choice(part.Value, part.Place, "true", "false"))!.Value,
            _ => Number(YamlFields.Text(part.Value, part.Place)) ?? throw YamlFields.Fault(part.Value, $"{part.Place} is a number, not '{YamlFields.Text(part.Value, part.Place)}'."),
        })).ToList();
        if (!fields.Exists(part => part.Name == "min") || !fields.Exists(part => part.Name == "max")) throw YamlFields.Fault(node, $"{field} is a range with min and max, as {{min: 0.001, max: 0.1, scale: log}}.");
        return Written(json =>
        {
            json.WriteStartObject();
            foreach (var (name, value) in fields)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
            json.WriteEndObject();
        });
    }

    /// <summary>A number, written as it was where JSON has it so.</summary>
    private static JsonElement? Number(string text)
    {
        if (ParameterValue.OfWord(text) is not (ParameterValue.Whole or ParameterValue.Real) || text.Contains('_', StringComparison.Ordinal)) return null;
        if (Json(text) is { ValueKind: JsonValueKind.Number } number) return number;
        return Written(ParameterValue.OfWord(text).Write) is { ValueKind: JsonValueKind.Number } other ? other : null;
    }

    /// <summary>What a text means where a value of this type is expected; null for nothing.</summary>
    private static JsonElement? Meant(string type, string text) => (type, ParameterValue.OfWord(text)) switch
    {
        ("bool", _) => text.ToUpperInvariant() switch { "TRUE" => Json("true"), "FALSE" => Json("false"), _ => null },
        ("int" or "float", ParameterValue.Whole number) => Written(number.Write),
        // NaN and the infinities stay texts, which Python's float takes.
        ("float", ParameterValue.Real number) => Written(number.Write),
        _ => null,
    };

    /// <summary>The type without the None that it may also be; null when anything fits.</summary>
    private static string? TypeOf(NotebookParameter parameter)
    {
        var type = parameter.Type?.Replace(" ", "", StringComparison.Ordinal);
        // What may be None has that as its default alone: there is no argument that says it.
        if (type?.StartsWith("Optional[", StringComparison.Ordinal) == true) type = type[9..^1];
        if (type?.EndsWith("|None", StringComparison.Ordinal) == true) type = type[..^5];
        return type?.Split('[')[0];
    }

    private static string Kind(string type) => type switch
    {
        "str" => "a text",
        "int" => "a whole number",
        "float" => "a number",
        "bool" => "true or false",
        _ => "a list",
    };

    private static JsonElement Written(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes)) write(json);
        return JsonElement.Parse(bytes.WrittenSpan);
    }
}
