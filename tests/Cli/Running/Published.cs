namespace Holdfast.Cli.Tests.Running;

/// <summary>The published program that these tests run, and the repository it comes from.</summary>
internal static class Published
{
    public static string Repository { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(AppContext.BaseDirectory, "../../../../.."));

    /// <summary>Skips the test when there is no program.</summary>
    public static string Path
    {
        get
        {
            var path = Environment.GetEnvironmentVariable("HOLDFAST_PROGRAM") ?? System.IO.Path.Combine(Repository, "out/holdfast");
            if (!File.Exists(path)) Assert.Skip($"{path} is not there: ./run --build-only makes it, or HOLDFAST_PROGRAM names another.");
            return path;
        }
    }
}
