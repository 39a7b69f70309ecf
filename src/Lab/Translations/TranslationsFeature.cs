using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Lab.Translations;

/// <summary>The languages of the page: English. Language packs are Python packages, which a lab without Python cannot read.</summary>
internal static class TranslationsFeature
{
    private const string Route = "/lab/api/translations";

    public static void MapTranslations(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapMethods(Route + "/{**locale}", ["GET", "HEAD"], ShowAsync);

    private static async Task ShowAsync(HttpContext context)
    {
        var locale = RequestTail.Of(context, Route);
        await using var json = ApiJson.Begin(context);
        json.WriteStartObject();
        json.WriteStartObject("data"u8);
        if (locale.Length == 0)
        {
            json.WriteStartObject("en"u8);
            json.WriteString("displayName"u8, "English"u8);
            json.WriteString("nativeName"u8, "English"u8);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteString("message"u8, locale is "" or "en" or "default" ? "" : $"Language pack '{locale}' not installed!");
        json.WriteEndObject();
    }
}
