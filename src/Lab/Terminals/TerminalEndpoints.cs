using System.Text.Json;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Terminals;

/// <summary>Terminals over HTTP, as jupyter_server_terminals serves them.</summary>
internal static class TerminalEndpoints
{
    public static async Task ListAsync(HttpContext context)
    {
        await using var json = ApiJson.Begin(context);
        json.WriteStartArray();
        foreach (var terminal in Terminals(context).All)
            Write(json, terminal);
        json.WriteEndArray();
    }

    public static async Task StartAsync(HttpContext context)
    {
        var (name, folder, wrong) = Parse(await ApiJson.ReadBodyAsync(context));
        if (wrong is not null)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, wrong);
            return;
        }
        var terminals = Terminals(context);
        // A page that comes back asks for its terminal by name.
        if (name is not null && terminals.Find(name) is { } running)
        {
            await ModelAsync(context, running);
            return;
        }
        var reply = await terminals.StartAsync(name, folder, context.RequestAborted);
        if (reply.Ok)
            await ModelAsync(context, reply.Value);
        else
            await FailAsync(context, reply.Failure);
    }

    public static Task GetAsync(HttpContext context, string name) =>
        Terminals(context).Find(name) is { } terminal ? ModelAsync(context, terminal) : NotFoundAsync(context, name);

    public static async Task DeleteAsync(HttpContext context, string name)
    {
        var terminals = Terminals(context);
        if (terminals.Find(name) is null)
            await NotFoundAsync(context, name);
        else if (await terminals.EndAsync(name, context.RequestAborted) is { Code: not "not-found" } failure)
            await FailAsync(context, failure);
        else
            context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public static Task NotFoundAsync(HttpContext context, string name) =>
        ApiError.WriteAsync(context, StatusCodes.Status404NotFound, $"Terminal not found: {name}");

    private static (string? Name, string? Folder, string? Wrong) Parse(byte[] body)
    {
        if (body.Length == 0)
            return default;
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Null)
                return default;
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return (null, null, "Invalid JSON in body of request: an object is expected");
            var (name, wrongName) = Text(document.RootElement, "name");
            var (folder, wrongFolder) = Text(document.RootElement, "cwd");
            return (name, folder, wrongName ?? wrongFolder);
        }
        catch (JsonException)
        {
            return (null, null, "Invalid JSON in body of request: an object is expected");
        }
    }

    private static (string? Value, string? Wrong) Text(JsonElement body, string field)
    {
        if (!body.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null)
            return default;
        return value.ValueKind == JsonValueKind.String ? (value.GetString(), null) : (null, $"'{field}' must be a text");
    }

    private static Task FailAsync(HttpContext context, KeeperFailure failure) => ApiError.WriteAsync(context, failure.Code switch
    {
        "bad-name" => StatusCodes.Status400BadRequest,
        "exists" => StatusCodes.Status409Conflict,
        "not-found" => StatusCodes.Status404NotFound,
        "too-old" => StatusCodes.Status501NotImplemented,
        "unreachable" => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    }, failure.Message);

    private static async Task ModelAsync(HttpContext context, TerminalRecord terminal)
    {
        await using var json = ApiJson.Begin(context);
        Write(json, terminal);
    }

    private static void Write(Utf8JsonWriter json, TerminalRecord terminal)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, terminal.Name);
        json.WriteString("last_activity"u8, ApiJson.Time(terminal.LastActivity));
        json.WriteEndObject();
    }

    private static LabTerminals Terminals(HttpContext context) => context.RequestServices.GetRequiredService<LabTerminals>();
}
