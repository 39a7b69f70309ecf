namespace Holdfast.Hub.Pages;

/// <summary>The look of all pages of the hub, and our mark: an anchoring root over a line of water.</summary>
internal static class Style
{
    public static readonly Html Mark = Html.Trusted("""
        <svg aria-hidden="true" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round"><circle cx="16" cy="5.5" r="3"/><path d="M16 8.5V27M10 13.5h12M16 27C9.5 27 5 23 4 17.5M16 27c6.5 0 11-4 12-9.5M16 22c-3 0-5-1.5-5.8-4M16 22c3 0 5-1.5 5.8-4"/></svg>
        """);

    public static readonly Html Sheet = Html.Trusted(Resource("console.css"));

    public static string Resource(string name)
    {
        using var text = new StreamReader(typeof(Style).Assembly.GetManifestResourceStream(name)!);
        return text.ReadToEnd();
    }
}
