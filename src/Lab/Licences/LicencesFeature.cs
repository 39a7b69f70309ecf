using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Licences;

/// <summary>The licences of what the page is made of, as JSON, CSV or Markdown.</summary>
internal static class LicencesFeature
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    public static void MapLicences(this IEndpointRouteBuilder endpoints)
    {
        var file = Path.Join(endpoints.ServiceProvider.GetRequiredService<LabOptions>().AssetsFolder, "licenses.json");
        endpoints.MapMethods("/lab/api/licenses/{**rest}", ["GET", "HEAD"], context => ShowAsync(context, file));
    }

    private static async Task ShowAsync(HttpContext context, string file)
    {
        var query = context.Request.Query;
        var format = query["format"].ToString() is { Length: > 0 } asked ? asked : "json";
        var (type, extension) = format switch { "csv" => ("text/csv", ".csv"), "markdown" => ("text/markdown", ".md"), _ => ("application/json", ".json") };
        if (query["download"].ToString() is { Length: > 0 } and not "0")
            context.Response.Headers.ContentDisposition = $"attachment; filename=jupyterlab-licenses{extension}";
        var bytes = File.Exists(file) ? await File.ReadAllBytesAsync(file, context.RequestAborted) : """{"bundles":{}}"""u8.ToArray();
        var bundles = query["bundles"].ToString();
        if (format is not ("csv" or "markdown") && bundles.Length == 0)
        {
            await ApiJson.WriteAsync(context, bytes);
            return;
        }
        using var licences = JsonDocument.Parse(bytes);
        IEnumerable<JsonProperty> chosen;
        try
        {
            var pattern = new Regex($"^(?:{(bundles.Length == 0 ? ".*" : bundles)})", RegexOptions.None, MatchLimit);
            chosen = [.. licences.RootElement.GetProperty("bundles").EnumerateObject().Where(bundle => pattern.IsMatch(bundle.Name))];
        }
        catch (Exception fault) when (fault is RegexParseException or RegexMatchTimeoutException)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, $"'{bundles}' is no pattern");
            return;
        }
        if (format is "csv" or "markdown")
        {
            context.Response.ContentType = type + "; charset=utf-8";
            await context.Response.WriteAsync(format == "csv" ? Csv(chosen) : Markdown(chosen, query["full_text"] != "0"), context.RequestAborted);
            return;
        }
        await using var json = ApiJson.Begin(context);
        json.WriteStartObject();
        json.WriteStartObject("bundles"u8);
        foreach (var bundle in chosen)
            bundle.WriteTo(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Csv(IEnumerable<JsonProperty> bundles)
    {
        var text = new StringBuilder("bundle,name,versionInfo,licenseId,extractedText\r\n");
        foreach (var bundle in bundles)
            foreach (var package in Packages(bundle))
                text.AppendJoin(',', new[] { bundle.Name, Field(package, "name"), Field(package, "versionInfo"), Field(package, "licenseId"), Field(package, "extractedText") }
                    .Select(field => $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append("\r\n");
        return text.ToString();
    }

    private static string Markdown(IEnumerable<JsonProperty> bundles, bool withText)
    {
        var text = new StringBuilder();
        foreach (var bundle in bundles)
        {
            text.Append("# ").Append(bundle.Name).Append("\n\n");
            foreach (var package in Packages(bundle))
            {
                text.Append($"## {Field(package, "name")} `{Field(package, "versionInfo")}` {Field(package, "licenseId")}\n\n");
                if (withText && Field(package, "extractedText") is { Length: > 0 } licence)
                    text.Append("<pre>\n").Append(licence.Replace("<", "&lt;", StringComparison.Ordinal)).Append("\n</pre>\n\n");
            }
        }
        return text.ToString();
    }

    private static JsonElement.ArrayEnumerator Packages(JsonProperty bundle) =>
        bundle.Value.TryGetProperty("packages", out var packages) ? packages.EnumerateArray() : default;

    private static string Field(JsonElement package, string name) => package.TryGetProperty(name, out var field) ? field.GetString() ?? "" : "";
}
