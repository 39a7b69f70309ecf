using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Lab.Contents;
using Holdfast.Lab.Http;
using Holdfast.Lab.Jupyter;
using Holdfast.Lab.Posix;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Config;

/// <summary>
/// <c>/api/config/SECTION</c>: what clients keep on the server, in <c>serverconfig/SECTION.json</c> of Jupyter's configuration folders. Read
/// from all of them, written to the user's own.
/// </summary>
internal static class ConfigFeature
{
    private const string Route = "/api/config/{section}";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void MapConfig(this IEndpointRouteBuilder endpoints)
    {
        var folders = endpoints.ServiceProvider.GetRequiredService<JupyterFolders>();
        endpoints.MapMethods(Route, ["GET", "HEAD"], context => WithSectionAsync(context, section => ShowAsync(context, Merged(folders, section))));
        endpoints.MapMethods(Route, ["PUT"], context => WithSectionAsync(context, section => ChangeAsync(context, folders, section, replace: true)));
        endpoints.MapMethods(Route, ["PATCH"], context => WithSectionAsync(context, section => ChangeAsync(context, folders, section, replace: false)));
    }

    private static Task WithSectionAsync(HttpContext context, Func<string, Task> act)
    {
        var section = (string)context.GetRouteValue("section")!;
        if (section.All(c => char.IsLetterOrDigit(c) || c == '_'))
            return act(section);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static async Task ShowAsync(HttpContext context, JsonObject config)
    {
        await using var json = ApiJson.Begin(context);
        config.WriteTo(json);
    }

    private static async Task ChangeAsync(HttpContext context, JupyterFolders folders, string section, bool replace)
    {
        using var body = await ApiJson.ReadObjectAsync(context);
        if (body is null)
            return;
        var changes = JsonObject.Create(body.RootElement)!;
        var file = FileOf(folders.UserConfig, section);
        var config = replace ? changes : Read(file);
        if (!replace)
            JsonMerge.Into(config, changes);
        var fault = ContentsFault.Try(new ContentsPath(folders.UserConfig, $"serverconfig/{section}.json"), () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            AtomicFile.Write(file, Encoding.UTF8.GetBytes(config.ToJsonString(Indented)));
        });
        if (fault is not null)
            await ApiError.WriteAsync(context, fault.Status, fault.Message);
        else if (replace)
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        else
            await ShowAsync(context, config);
    }

    private static JsonObject Merged(JupyterFolders folders, string section)
    {
        var all = new JsonObject();
        foreach (var folder in folders.Config.Reverse())
            JsonMerge.Into(all, Read(FileOf(folder, section)));
        return all;
    }

    private static JsonObject Read(string file)
    {
        try
        {
            return File.Exists(file) && JsonNode.Parse(File.ReadAllBytes(file)) is JsonObject config ? config : [];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }

    private static string FileOf(string folder, string section) => Path.Join(folder, "serverconfig", section + ".json");
}
