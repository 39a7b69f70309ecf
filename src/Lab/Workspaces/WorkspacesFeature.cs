using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Holdfast.Lab.Contents;
using Holdfast.Lab.Http;
using Holdfast.Lab.Jupyter;
using Holdfast.Lab.Posix;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Workspaces;

/// <summary>JupyterLab's workspaces: which documents are open and where, one file each, where JupyterLab keeps them.</summary>
internal static partial class WorkspacesFeature
{
    private const string Route = "/lab/api/workspaces";
    private const string Suffix = ".jupyterlab-workspace";
    private const int LongestName = 128;

    public static void MapWorkspaces(this IEndpointRouteBuilder endpoints)
    {
        var folder = endpoints.ServiceProvider.GetRequiredService<JupyterFolders>().Workspaces;
        endpoints.MapMethods(Route + "/{**id}", ["GET", "HEAD"], context => GetAsync(context, folder));
        endpoints.MapMethods(Route + "/{**id}", ["PUT"], context => PutAsync(context, folder));
        endpoints.MapMethods(Route + "/{**id}", ["DELETE"], context => DeleteAsync(context, folder));
    }

    private static async Task GetAsync(HttpContext context, string folder)
    {
        var id = RequestTail.Of(context, Route);
        if (id.Length > 0)
        {
            var workspace = Read(FileOf(folder, id)) ?? new JsonObject { ["data"] = new JsonObject(), ["metadata"] = new JsonObject { ["id"] = "/" + id } };
            await using var one = ApiJson.Begin(context);
            workspace.WriteTo(one);
            return;
        }
        var all = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*" + Suffix).Order(StringComparer.Ordinal).Select(Read).OfType<JsonObject>().ToArray()
            : [];
        await using var json = ApiJson.Begin(context);
        json.WriteStartObject();
        json.WriteStartObject("workspaces"u8);
        json.WriteStartArray("ids"u8);
        foreach (var workspace in all)
            json.WriteStringValue((string?)workspace["metadata"]!["id"]);
        json.WriteEndArray();
        json.WriteStartArray("values"u8);
        foreach (var workspace in all)
            workspace.WriteTo(json);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static async Task PutAsync(HttpContext context, string folder)
    {
        var id = RequestTail.Of(context, Route);
        var raw = await ApiJson.ReadBodyAsync(context);
        if (IdOf(raw) is not { } own || id.Length == 0 || own != id)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, id.Length == 0
                ? "Workspace name is required for PUT."
                : $"Workspace metadata ID mismatch: expected '{id}', in the body's metadata.id");
            return;
        }
        var file = FileOf(folder, id);
        var fault = ContentsFault.Try(new ContentsPath(folder, Path.GetFileName(file)), () =>
        {
            Directory.CreateDirectory(folder);
            AtomicFile.Write(file, raw);
        });
        if (fault is null)
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        else
            await ApiError.WriteAsync(context, fault.Status, fault.Message);
    }

    private static Task DeleteAsync(HttpContext context, string folder)
    {
        var id = RequestTail.Of(context, Route);
        if (id.Length == 0)
            return ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, "Workspace name is required for DELETE");
        var file = FileOf(folder, id);
        if (!File.Exists(file))
            return ApiError.WriteAsync(context, StatusCodes.Status404NotFound, $"Workspace '{id}' not found");
        File.Delete(file);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>A workspace with its file's times; null when the file is missing or broken.</summary>
    private static JsonObject? Read(string file)
    {
        try
        {
            if (FileStatus.Of(file) is not { } status || JsonNode.Parse(File.ReadAllBytes(file)) is not JsonObject workspace ||
                workspace["metadata"] is not JsonObject metadata || (string?)metadata["id"] is null)
                return null;
            metadata["last_modified"] = ApiJson.Time(status.Modified);
            metadata["created"] = ApiJson.Time(status.Created);
            return workspace;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? IdOf(byte[] raw)
    {
        try
        {
            using var body = JsonDocument.Parse(raw);
            return Uri.UnescapeDataString(body.RootElement.GetProperty("metadata").GetProperty("id").GetString()!).Trim('/');
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentNullException)
        {
            return null;
        }
    }

    /// <summary>The file of a workspace, named as jupyterlab_server names it, so that both find each other's.</summary>
    private static string FileOf(string folder, string id)
    {
        var signature = "-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..4];
        var ascii = string.Concat(Uri.UnescapeDataString(id).ToLowerInvariant().Where(char.IsAscii));
        var slug = Gaps().Replace(Odd().Replace(ascii, "").Trim(), "-");
        var room = LongestName - Suffix.Length - signature.Length;
        return Path.Join(folder, (slug.Length > room ? slug[..room] : slug) + signature + Suffix);
    }

    [GeneratedRegex(@"[^\w\s-]")]
    private static partial Regex Odd();

    [GeneratedRegex(@"[-\s]+")]
    private static partial Regex Gaps();
}
