using Holdfast.Engines.Contract;

namespace Holdfast.Hub.Inside;

/// <summary>What machines and jobs alike have around them.</summary>
internal static class Surroundings
{
    /// <summary>Processes and threads of one workload, at most.</summary>
    public const int MostProcesses = 32768;

    /// <summary>Where the folder of our program is seen inside, where a workload has a root of its own.</summary>
    public const string ProgramPlace = "/opt/holdfast";

    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The image's <c>PATH</c>; the usual one where it says none.</summary>
    public static string PathOf(EngineImage image) => image.Environment.GetValueOrDefault("PATH", DefaultPath);

    /// <summary>The image's <c>LANG</c>; UTF-8 where it says none.</summary>
    public static string LanguageOf(EngineImage image) => image.Environment.GetValueOrDefault("LANG", "C.UTF-8");

    /// <summary>The image's <c>PYTHONPATH</c>, and after it the package <c>holdfast</c>.</summary>
    /// <param name="image">The image.</param>
    /// <param name="program">The folder of our program, as seen inside.</param>
    public static string PythonPathOf(EngineImage image, string program) =>
        image.Environment.GetValueOrDefault("PYTHONPATH") is not { Length: > 0 } own ? $"{program}/python" : own.Split(':').Contains($"{program}/python") ? own : $"{own}:{program}/python";

    /// <summary>What is not seen inside: the hub's data, and homes of this host, for people's keys and files are not the workload's.</summary>
    public static IReadOnlyList<string> Masked(HubFolders folders) => [folders.Root, folders.MeetingRoot, .. ((string[])["/root", "/home"]).Where(Directory.Exists)];
}
