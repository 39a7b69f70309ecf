using System.Text.Json;
using Holdfast.Kernels;
using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Kernels;

/// <summary>The kernels that can be started, and their logos, as jupyter_server serves them.</summary>
internal static class KernelSpecEndpoints
{
    private static readonly FileExtensionContentTypeProvider Types = new();

    public static async Task ListAsync(HttpContext context)
    {
        var specs = context.RequestServices.GetRequiredService<KernelSpecs>();
        var catalog = await specs.GetAsync();
        await using var json = ApiJson.Begin(context);
        json.WriteStartObject();
        json.WriteString("default"u8, specs.DefaultOf(catalog));
        json.WriteStartObject("kernelspecs"u8);
        foreach (var spec in catalog.Specs.Values)
        {
            json.WritePropertyName(spec.Name);
            Write(json, spec, BaseUrl.Of(context));
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static async Task GetAsync(HttpContext context, string name)
    {
        if (await context.RequestServices.GetRequiredService<KernelSpecs>().FindAsync(name) is not { } spec)
        {
            await NotFoundAsync(context, name);
            return;
        }
        await using var json = ApiJson.Begin(context);
        Write(json, spec, BaseUrl.Of(context));
    }

    public static async Task GetFileAsync(HttpContext context, string name, string file)
    {
        var spec = await context.RequestServices.GetRequiredService<KernelSpecs>().FindAsync(name);
        if (spec is not { ResourceFolder: { } folder })
        {
            await NotFoundAsync(context, name);
            return;
        }
        // Beside the logos an extension of the kernel's may load what it likes; the variables in kernel.json may be nobody else's business.
        var resource = file is not ['.', ..] and not "kernel.json" && !file.Contains('/', StringComparison.Ordinal) ? new FileInfo(Path.Combine(folder, file)) : null;
        if (resource is not { Exists: true })
        {
            await ApiError.WriteAsync(context, StatusCodes.Status404NotFound, $"Kernel spec {name} has no resource {file}");
            return;
        }
        context.Response.ContentType = Types.TryGetContentType(file, out var type) ? type : "application/octet-stream";
        context.Response.ContentLength = resource.Length;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = file.EndsWith(".png", StringComparison.OrdinalIgnoreCase) ? "max-age=2592000" : "no-cache";
        if (HttpMethods.IsGet(context.Request.Method))
            await context.Response.SendFileAsync(resource.FullName, context.RequestAborted);
    }

    private static void Write(Utf8JsonWriter json, KernelSpec spec, BaseUrl baseUrl)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, spec.Name);
        json.WritePropertyName("spec"u8);
        json.WriteRawValue(spec.Json.Span);
        json.WriteStartObject("resources"u8);
        foreach (var file in spec.ResourceFiles)
        {
            // kernel.js and kernel.css keep their extension as the key, logos lose it.
            var key = file.StartsWith("logo-", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(file) : file;
            json.WriteString(key, baseUrl.To($"kernelspecs/{spec.Name}/{file}"));
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static Task NotFoundAsync(HttpContext context, string name) =>
        ApiError.WriteAsync(context, StatusCodes.Status404NotFound, $"Kernel spec {name} not found");
}
