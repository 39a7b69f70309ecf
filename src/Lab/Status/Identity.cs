using System.Text.Json;
using Holdfast.Lab.Access;
using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Status;

/// <summary><c>/api/me</c>: who is logged in, and what they may do, which in a lab of one's own is everything.</summary>
internal sealed class Identity(Profile profile)
{
    public async Task ShowAsync(HttpContext context)
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
        await using var json = ApiJson.Begin(context);
        json.WriteStartObject();
        Write(json, context);
        json.WriteStartObject("permissions"u8);
        if (permissions is not null)
            foreach (var resource in permissions.RootElement.EnumerateObject())
                resource.WriteTo(json);
        json.WriteStartArray("updatable_fields"u8);
        foreach (var field in Profile.Fields)
            json.WriteStringValue(field);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Changes how the person is shown.</summary>
    public async Task ChangeAsync(HttpContext context)
    {
        using var body = await ApiJson.ReadObjectAsync(context);
        if (body is null)
            return;
        if (profile.Change(body.RootElement) is { } wrong)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, wrong);
            return;
        }
        await using var json = ApiJson.Begin(context);
        json.WriteStartObject();
        json.WriteString("status"u8, "success"u8);
        Write(json, context);
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, HttpContext context)
    {
        json.WriteStartObject("identity"u8);
        json.WriteString("username"u8, Caller.Of(context).Id);
        foreach (var (field, value) in profile.Read())
            json.WriteString(field, (string?)value);
        json.WriteEndObject();
    }

    private static bool IsTable(JsonDocument? asked) => asked?.RootElement is { ValueKind: JsonValueKind.Object } table &&
        table.EnumerateObject().All(resource => resource.Value.ValueKind == JsonValueKind.Array &&
            resource.Value.EnumerateArray().All(action => action.ValueKind == JsonValueKind.String));
}
