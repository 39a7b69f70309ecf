using System.Text.Json;
using Holdfast.Lab.Access;
using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Status;

/// <summary><c>/api/me</c>: who is logged in, and what they may do, which in a lab of one's own is everything.</summary>
internal static class Identity
{
    public static async Task ShowAsync(HttpContext context, LabOptions options)
    {
        string? asked = context.Request.Query["permissions"];
        JsonDocument? permissions = null;
        try
        {
            permissions = string.IsNullOrEmpty(asked) ? null : JsonDocument.Parse(asked);
        }
        catch (JsonException)
        {
            // Answered below, like every other wrong shape.
        }
        using var owned = permissions;
        if (!string.IsNullOrEmpty(asked) && !IsTable(permissions))
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest,
                $"permissions should be a JSON dict of {{\"resource\": [\"action\",]}}, got '{asked}'");
            return;
        }
        var name = options.Environment.GetValueOrDefault("USER") is { Length: > 0 } user ? user : "you";
        await using var json = ApiJson.Begin(context);
        json.WriteStartObject();
        json.WriteStartObject("identity"u8);
        json.WriteString("username"u8, Caller.Of(context).Id);
        json.WriteString("name"u8, name);
        json.WriteString("display_name"u8, name);
        json.WriteString("initials"u8, name[..1].ToUpperInvariant());
        json.WriteNull("avatar_url"u8);
        json.WriteNull("color"u8);
        json.WriteEndObject();
        json.WriteStartObject("permissions"u8);
        if (permissions is not null)
            foreach (var resource in permissions.RootElement.EnumerateObject())
                resource.WriteTo(json);
        json.WriteStartArray("updatable_fields"u8);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static bool IsTable(JsonDocument? asked) => asked?.RootElement is { ValueKind: JsonValueKind.Object } table &&
        table.EnumerateObject().All(resource => resource.Value.ValueKind == JsonValueKind.Array &&
            resource.Value.EnumerateArray().All(action => action.ValueKind == JsonValueKind.String));
}
