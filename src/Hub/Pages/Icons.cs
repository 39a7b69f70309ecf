namespace Holdfast.Hub.Pages;

/// <summary>Pictures of the navigation: outlines of 24 by 24, in the colour of the text.</summary>
internal static class Icons
{
    public static readonly Html Machines = Icon("""<rect x="3" y="4" width="18" height="12" rx="2"/><path d="M8 20h8M12 16v4"/>""");
    public static readonly Html Jobs = Icon("""<path d="M4 6h10M4 12h10M4 18h6"/><path d="M16 14.500l5 3-5 3z"/>""");
    public static readonly Html Runs = Icon("""<path d="M3 17l5-6 4 4 8-10"/><path d="M15 5h5v5"/>""");
    public static readonly Html Storage = Icon("""<ellipse cx="12" cy="6" rx="8" ry="3"/><path d="M4 6v12c0 1.7 3.6 3 8 3s8-1.3 8-3V6M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3"/>""");
    public static readonly Html Images = Icon("""<path d="M12 3l9 5-9 5-9-5z"/><path d="M3 12l9 5 9-5M3 16l9 5 9-5"/>""");
    public static readonly Html Costs = Icon("""<rect x="3" y="6" width="18" height="13" rx="2.5"/><path d="M3 10h18M7 15h4"/>""");
    public static readonly Html People = Icon("""<circle cx="9" cy="8" r="3.5"/><path d="M3 20c0-3.5 2.6-5.5 6-5.500s6 2 6 5.500M16 5a3.5 3.5 0 0 1 0 6.500M18 15c2 .8 3 2.5 3 5"/>""");
    public static readonly Html Events = Icon("""<path d="M12 7v5l3 2"/><circle cx="12" cy="12" r="9"/>""");
    public static readonly Html Account = Icon("""<circle cx="12" cy="8" r="4"/><path d="M4 21c0-4 3.5-6.5 8-6.500s8 2.5 8 6.5"/>""");
    public static readonly Html Doctor = Icon("""<path d="M3 12h4l2-6 4 12 2-6h6"/>""");

    private static Html Icon(string shapes) => Html.Trusted(
        $"""<svg aria-hidden="true" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">{shapes}</svg>""");
}
