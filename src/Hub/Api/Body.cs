using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Hub.Settings;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Api;

/// <summary>Reads what a request sends. Only JSON that says it is JSON: a form of a foreign page cannot send that.</summary>
internal static class Body
{
    /// <summary>What is said to a body of another kind.</summary>
    public static readonly HubFault NotJson = new("bad-request", "The body is JSON, and its Content-Type is application/json.");

    // A hook of 1 MiB, with all of it escaped.
    private const int Most = 8 << 20;

    /// <summary>The value. The fault of one that is mistyped names the field, and the one that was meant.</summary>
    public static async Task<HubResult<T>> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type) where T : class
    {
        var (fields, fault) = await FieldsAsync(context);
        return fields is null ? fault! : Read(fields, type);
    }

    /// <summary>A value that is changed by what the request sends (a merge patch, RFC 7396): what is not said stays, and null takes away.</summary>
    public static async Task<HubResult<T>> MergeAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) where T : class
    {
        var (patch, fault) = await FieldsAsync(context);
        if (patch is null) return fault!;
        var whole = JsonSerializer.SerializeToNode(value, type)!.AsObject();
        Merge(whole, patch);
        return Read(whole, type);
    }

    private static void Merge(JsonObject whole, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null) whole.Remove(name);
            else if (value is JsonObject inner && whole[name] is JsonObject old) Merge(old, inner);
            else whole[name] = value.DeepClone();
        }
    }

    private static HubResult<T> Read<T>(JsonObject fields, JsonTypeInfo<T> type) where T : class
    {
        var names = type.Properties.Select(property => property.Name).ToList();
        if (fields.FirstOrDefault(field => !names.Contains(field.Key)).Key is { } unknown)
            return Fault($"There is no field '{unknown}'.{(NearestName.Of(unknown, names) is { } near ? $" Did you mean '{near}'?" : $" There is {string.Join(", ", names)}.")}");
        if (type.Properties.FirstOrDefault(property => IsRequired(property) && fields[property.Name] is null) is { } missing) return Fault($"The field '{missing.Name}' is missing.");
        try
        {
            return fields.Deserialize(type) is { } value ? value : Fault("The body is null.");
        }
        catch (JsonException fault)
        {
            return Fault($"The field {fault.Path?.TrimStart('$', '.')} has a value of another kind than it should.");
        }
    }

    /// <summary>Also what a record's constructor takes without a default, and not as null: generated readers give it null all the same.</summary>
    private static bool IsRequired(JsonPropertyInfo property) =>
        property.IsRequired || property.AssociatedParameter is { IsMemberInitializer: false, HasDefaultValue: false, IsNullable: false, ParameterType.IsValueType: false };

    private static async Task<(JsonObject? Fields, HubFault? Fault)> FieldsAsync(HttpContext context)
    {
        if (context.Request.ContentLength == 0) return ([], null);
        if (!context.Request.HasJsonContentType()) return (null, NotJson);
        try
        {
            using var text = new MemoryStream();
            var buffer = new byte[16 << 10];
            while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var count)
            {
                if (text.Length + count > Most) return (null, Fault($"The body is larger than {Most} bytes."));
                text.Write(buffer, 0, count);
            }
            if (!IsText(text.GetBuffer().AsSpan(0, (int)text.Length))) return (null, Fault("The body has a text with half of a character in it (a surrogate without the other one)."));
            return JsonNode.Parse(text.GetBuffer().AsSpan(0, (int)text.Length), documentOptions: new() { AllowDuplicateProperties = false }) is JsonObject fields ? (fields, null) : (null, Fault("The body is a JSON object."));
        }
        catch (JsonException fault)
        {
            return (null, Fault($"The body is not JSON: {fault.Message}"));
        }
    }

    /// <summary>Whether all texts are some: JSON can name halves of characters, which are nowhere else.</summary>
    private static bool IsText(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                if (reader is { TokenType: JsonTokenType.String or JsonTokenType.PropertyName, ValueIsEscaped: true }) _ = reader.GetString();
            }
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static HubFault Fault(string message) => new("bad-request", message);
}
