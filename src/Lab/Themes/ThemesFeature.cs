using Holdfast.Lab.Http;
using Holdfast.Lab.Jupyter;
using Holdfast.Lab.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Themes;

/// <summary>
/// Style sheets of themes: those of extensions first, then ours, then an installed JupyterLab's. They are served from where their relative
/// addresses hold.
/// </summary>
internal static class ThemesFeature
{
    private const string Route = "/lab/api/themes";

    public static void MapThemes(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var extensions = services.GetRequiredService<LabExtensions>();
        var application = services.GetRequiredService<JupyterFolders>().Application;
        string[] last = [Path.Join(services.GetRequiredService<LabOptions>().AssetsFolder, "themes"), .. application is null ? [] : (string[])[Path.Join(application, "themes")]];
        endpoints.MapMethods(Route + "/{**path}", ["GET", "HEAD"], context => AssetFiles.SendAsync(
            context, extensions.Find().Select(extension => Path.Join(extension.Folder, "themes")).Concat(last), RequestTail.Of(context, Route), immutable: false));
    }
}
