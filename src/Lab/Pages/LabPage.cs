using System.Buffers;
using System.Text;
using System.Text.Json;
using Holdfast.Lab.Http;
using Holdfast.Lab.Terminals;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Pages;

/// <summary>The page that starts JupyterLab: its configuration and the scripts of the build.</summary>
internal sealed class LabPage(LabOptions options, BaseUrl baseUrl, LabExtensions extensions, PageConfig configured, LabTerminals? terminals = null)
{
    public Task ShowAsync(HttpContext context)
    {
        if (LabAssets.Read(options.AssetsFolder) is not { } assets)
            return Page.WriteAsync(context, "The page is not built yet",
                $"<p>The lab runs, and its API answers; only JupyterLab's page is missing from <code>{Page.Text(options.AssetsFolder)}</code>.</p><p>Mend: run <code>./run --build-only</code> and load this page again.</p>",
                StatusCodes.Status503ServiceUnavailable);
        var response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        var files = baseUrl.Prefix + "static/lab/";
        var html = new StringBuilder("""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <title>JupyterLab</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">

            """);
        html.Append("<script id=\"jupyter-config-data\" type=\"application/json\">").Append(Config(context, assets)).Append("</script>\n");
        foreach (var style in assets.Styles)
            html.Append($"<link rel=\"stylesheet\" href=\"{Page.Text(files + style)}\">\n");
        var idle = assets.IdleIcon is null ? baseUrl.Prefix + "favicon.svg" : files + assets.IdleIcon;
        var busy = assets.BusyIcon is null ? idle : files + assets.BusyIcon;
        html.Append($"<link rel=\"icon\" type=\"image/svg+xml\" href=\"{Page.Text(idle)}\" class=\"idle favicon\">\n");
        html.Append($"<link rel=\"\" type=\"image/svg+xml\" href=\"{Page.Text(busy)}\" class=\"busy favicon\">\n");
        foreach (var script in assets.Scripts)
            html.Append($"<script defer src=\"{Page.Text(files + script)}\"></script>\n");
        html.Append("</head>\n<body class=\"jp-ThemedContainer\"></body>\n</html>\n");
        return response.WriteAsync(html.ToString(), context.RequestAborted);
    }

    /// <summary>The configuration as JSON that may stand in HTML: the writer's default encoder escapes &lt;, &gt; and &amp;.</summary>
    private string Config(HttpContext context, LabAssets assets)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("baseUrl"u8, baseUrl.Prefix);
            json.WriteString("wsUrl"u8, "");
            // The page logs in with its cookie: a token here would be readable by everything that runs in it.
            json.WriteString("token"u8, "");
            json.WriteString("appName"u8, "JupyterLab");
            json.WriteString("appVersion"u8, assets.LabVersion);
            json.WriteString("appNamespace"u8, "lab");
            foreach (var (name, path) in Addresses)
            {
                json.WriteString(name + "Url", path);
                json.WriteString($"full{char.ToUpperInvariant(name[0])}{name[1..]}Url", baseUrl.Prefix.TrimEnd('/') + path);
            }
            var place = LabAddress.Parse(RequestTail.Of(context, ""));
            json.WriteString("mode"u8, place.SingleDocument ? "single-document" : "multiple-document");
            json.WriteString("workspace"u8, place.Workspace);
            json.WriteString("treePath"u8, place.TreePath);
            json.WriteString("preferredPath"u8, $"/{options.PreferredFolder}");
            json.WriteString("serverRoot"u8, options.Root);
            json.WriteString("notebookVersion"u8, "[2, 14, 0]");
            json.WriteBoolean("terminalsAvailable"u8, terminals is not null);
            if (options.JobAddress is { } jobs) json.WriteString("jobAddress"u8, jobs);
            json.WriteBoolean("buildAvailable"u8, false);
            json.WriteBoolean("buildCheck"u8, false);
            json.WriteBoolean("devMode"u8, false);
            json.WriteBoolean("cacheFiles"u8, true);
            json.WriteBoolean("notebookStartsKernel"u8, true);
            json.WriteBoolean("copyAbsolutePath"u8, false);
            json.WriteBoolean("quitButton"u8, true);
            json.WriteBoolean("exposeAppInBrowser"u8, options.ExposeAppInBrowser);
            json.WriteBoolean("allow_hidden_files"u8, options.AllowHidden);
            json.WriteBoolean("delete_to_trash"u8, options.DeleteToTrash);
            json.WriteStartObject("news"u8);
            json.WriteBoolean("disabled"u8, true);
            json.WriteEndObject();
            // A kernel answers these beside its work: the idle behind them must not make a busy kernel look idle.
            json.WriteStartArray("untracked_message_types"u8);
            foreach (var type in (string[])["debug_request", "interrupt_request", "usage_request", "create_subshell_request", "delete_subshell_request", "list_subshell_request"])
                json.WriteStringValue(type);
            json.WriteEndArray();
            json.WriteStartArray("ignorePlugins"u8);
            json.WriteEndArray();
            configured.Write(json, extensions.Find());
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static readonly (string Name, string Path)[] Addresses =
    [
        ("app", "/lab"), ("static", "/static/lab"), ("labextensions", "/lab/extensions"), ("settings", "/lab/api/settings"),
        ("themes", "/lab/api/themes"), ("workspacesApi", "/lab/api/workspaces"), ("translationsApi", "/lab/api/translations"),
        ("licenses", "/lab/api/licenses"), ("listings", "/lab/api/listings"), ("tree", "/lab/tree"), ("doc", "/doc"),
    ];
}
