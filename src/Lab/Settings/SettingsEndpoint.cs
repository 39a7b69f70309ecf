using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Lab.Contents;
using Holdfast.Lab.Http;
using Holdfast.Lab.Jupyter;
using Holdfast.Lab.Posix;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Settings;

/// <summary><c>/lab/api/settings</c>: schemas with their defaults, and what the user has set, as text with its comments.</summary>
internal sealed class SettingsEndpoint(SchemaCatalog catalog, SettingOverrides overrides, JupyterFolders folders, ILogger<SettingsEndpoint> log)
{
    public const string Route = "/lab/api/settings";

    public async Task GetAsync(HttpContext context)
    {
        var schemas = catalog.Find();
        var id = RequestTail.Of(context, Route);
        var changed = overrides.Read();
        if (id.Length > 0)
        {
            if (!schemas.TryGetValue(id, out var asked))
            {
                await ApiError.WriteAsync(context, StatusCodes.Status404NotFound, $"Schema not found: {id}");
                return;
            }
            await using var one = ApiJson.Begin(context);
            if (!Write(one, asked, changed, withWarning: false))
                one.WriteNullValue();
            return;
        }
        var idsOnly = context.Request.Query["ids_only"] == "true";
        await using var json = ApiJson.Begin(context);
        json.WriteStartObject();
        json.WriteStartArray("settings"u8);
        foreach (var schema in schemas.Values.OrderByDescending(schema => schema.Id, StringComparer.Ordinal))
        {
            if (!idsOnly)
            {
                Write(json, schema, changed, withWarning: true);
                continue;
            }
            json.WriteStartObject();
            json.WriteString("id"u8, schema.Id);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public async Task PutAsync(HttpContext context)
    {
        var id = RequestTail.Of(context, Route);
        if (!catalog.Find().ContainsKey(id))
        {
            await ApiError.WriteAsync(context, StatusCodes.Status404NotFound, $"Schema not found: {id}");
            return;
        }
        using var body = await ApiJson.ReadObjectAsync(context);
        if (body is null)
            return;
        if (!body.RootElement.TryGetProperty("raw", out var raw) || raw.ValueKind != JsonValueKind.String)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, "Invalid format for JSON payload. Must be in the form {'raw': ...}");
            return;
        }
        var (json, fault) = Json5.Convert(raw.GetString()!);
        if (json is null || json.Value.Span[0] != '{')
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, $"Failed validating input: {fault ?? "settings are an object"}");
            return;
        }
        var path = PathOf(id);
        var failed = ContentsFault.Try(new ContentsPath(folders.UserSettings, Path.GetRelativePath(folders.UserSettings, path)), () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, System.Text.Encoding.UTF8.GetBytes(raw.GetString()!));
        });
        if (failed is null)
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        else
            await ApiError.WriteAsync(context, failed.Status, failed.Message);
    }

    /// <summary>Writes one plugin's settings; false, and nothing written, when its schema cannot be read.</summary>
    private bool Write(Utf8JsonWriter json, SchemaFile schema, JsonObject changed, bool withWarning)
    {
        byte[] bytes;
        JsonObject? patched = null;
        try
        {
            bytes = File.ReadAllBytes(schema.File);
            if (changed[schema.Id] is JsonObject defaults)
                SettingOverrides.Apply(patched = JsonNode.Parse(bytes)!.AsObject(), defaults);
            else
                Check(bytes);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            SettingsLog.BadSchema(log, schema.Id, schema.File, fault.Message);
            return false;
        }
        var (raw, settings, warning) = UserSettings(schema.Id);
        json.WriteStartObject();
        json.WriteString("id"u8, schema.Id);
        json.WritePropertyName("schema"u8);
        if (patched is null)
            json.WriteRawValue(bytes, skipInputValidation: true);
        else
            patched.WriteTo(json);
        json.WriteString("version"u8, schema.Version());
        json.WriteString("raw"u8, raw);
        json.WritePropertyName("settings"u8);
        json.WriteRawValue(settings.Span, skipInputValidation: true);
        if (withWarning)
            json.WriteString("warning"u8, warning);
        var file = FileStatus.Of(PathOf(schema.Id));
        json.WriteString("last_modified"u8, file is null ? null : ApiJson.Time(file.Value.Modified));
        json.WriteString("created"u8, file is null ? null : ApiJson.Time(file.Value.Created));
        json.WriteEndObject();
        return true;
    }

    /// <summary>What the user has set. A file that cannot be understood is left as it is: the plugin starts with its defaults, and the log says why.</summary>
    private (string Raw, ReadOnlyMemory<byte> Settings, string? Warning) UserSettings(string id)
    {
        var path = PathOf(id);
        try
        {
            if (!File.Exists(path) || File.ReadAllText(path) is not { Length: > 0 } raw)
                return ("{}", Nothing, null);
            var (json, fault) = Json5.Convert(raw);
            if (json is { } settings && settings.Span[0] == '{')
                return (raw, settings, null);
            SettingsLog.BadSettings(log, path, fault ?? "settings are an object");
            return (raw, Nothing, $"Failed loading settings ({id}): {fault}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            SettingsLog.BadSettings(log, path, fault.Message);
            return ("{}", Nothing, $"Failed loading settings ({id}): {fault.Message}");
        }
    }

    private static ReadOnlyMemory<byte> Nothing { get; } = "{}"u8.ToArray();

    private string PathOf(string id) => Path.Join(folders.UserSettings, id.Replace(':', '/') + ".jupyterlab-settings");

    private static void Check(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
        }
    }
}
