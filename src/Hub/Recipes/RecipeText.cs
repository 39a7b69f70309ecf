using System.Text;
using System.Text.RegularExpressions;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Loss.Packages;

namespace Holdfast.Hub.Recipes;

/// <summary>A recipe: a Containerfile of the project's kind, whose lines are written from what is installed and are people's to edit.</summary>
internal static partial class RecipeText
{
    /// <summary>The first line of a recipe.</summary>
    /// <param name="image">The image of the machine; null for the host itself.</param>
    /// <param name="digest">Its digest, as far as a registry has told it.</param>
    public static string From(string? image, string? digest) => image is null
        ? "# This machine runs on the host itself. Name an image that is like it, to build one.\nFROM scratch\n"
        : digest is null || image.StartsWith("sha256:", StringComparison.Ordinal) ? $"FROM {image}\n" : $"FROM {Repository(image)}@{digest}\n";

    /// <summary>Lines that make of the image what a machine has become.</summary>
    /// <param name="changes">Packages that are not as they were.</param>
    /// <param name="home">The home inside: what pip has installed there becomes part of the image.</param>
    /// <param name="copied">For packages that come from a folder of the machine: the folder of the build that has them, and where it is to be copied; null when that cannot be.</param>
    public static string Lines(IReadOnlyList<PackageDifference> changes, string home, Func<Package, (string From, string To)?> copied)
    {
        var text = new StringBuilder();
        var there = changes.Where(change => change.Now is not null && change.Package.IsAsked).Select(change => change.Package).ToList();
        var gone = changes.Where(change => change.Now is null).Select(change => change.Package).ToList();

        var apt = there.Where(package => package.Source == "apt").Select(package => $"{package.Name}={package.Version}").ToList();
        if (apt.Count > 0) text.Append($"RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends {Words(apt)} && rm -rf /var/lib/apt/lists/*\n");
        var aptGone = gone.Where(package => package.Source == "apt" && package.IsAsked).Select(package => package.Name).ToList();
        if (aptGone.Count > 0) text.Append($"RUN DEBIAN_FRONTEND=noninteractive apt-get remove -y {Words(aptGone)}\n");

        foreach (var conda in there.Where(package => package.Source == "conda").GroupBy(package => package.Place))
            text.Append($"RUN {CondaOf(conda.Key)} install -y -p {Word(conda.Key)} {Words(conda.Select(package => $"{package.Name}={package.Version}"))}\n");

        foreach (var pip in there.Where(package => package.Source == "pip" && package.Origin?.StartsWith("-e file:", StringComparison.Ordinal) != true && package.Origin?.StartsWith("file:", StringComparison.Ordinal) != true).GroupBy(package => PythonOf(package.Place, home)))
        {
            if (pip.Key is { } python) text.Append($"RUN PIP_BREAK_SYSTEM_PACKAGES=1 {python} -m pip install --no-cache-dir {Words(pip.Select(package => package.Origin ?? $"{package.Name}=={package.Version}"))}\n");
            else foreach (var package in pip) text.Append($"# {package.Name} {package.Version} is in {package.Place}, an environment of its own in the home: it stays there.\n");
        }
        foreach (var package in there.Where(package => package.Source == "pip" && package.Origin?.Contains("file:", StringComparison.Ordinal) == true && !package.Origin.Contains('+', StringComparison.Ordinal)))
        {
            if (copied(package) is { } copy) text.Append($"# {package.Name} {package.Version} was installed from {package.Origin}\nCOPY [\"{Quoted(copy.From)}\", \"{Quoted(copy.To)}\"]\n");
            else text.Append($"# {package.Name} {package.Version} was installed from {package.Origin}, which is not in the image. Publish it, and write how to install it.\n");
        }
        foreach (var pip in gone.Where(package => package.Source == "pip" && !ForeignTree.IsIn(package.Place, home)).GroupBy(package => PythonOf(package.Place, home)))
            text.Append($"RUN PIP_BREAK_SYSTEM_PACKAGES=1 {pip.Key} -m pip uninstall -y {Words(pip.Select(package => package.Name))}\n");

        foreach (var npm in there.Where(package => package.Source == "npm" && package.Origin is null).GroupBy(package => package.Place))
            text.Append($"RUN npm install -g {(npm.Key is "/usr/lib/node_modules" or "/usr/local/lib/node_modules" ? "" : $"--prefix {Word(npm.Key[..^"/lib/node_modules".Length])} ")}{Words(npm.Select(package => $"{package.Name}@{package.Version}"))}\n");
        foreach (var package in there.Where(package => package.Source == "npm" && package.Origin is not null))
            text.Append($"# {package.Name} {package.Version} is a link to {package.Origin}, which is not in the image.\n");
        return text.ToString();
    }

    /// <summary>A file or folder of the build, copied to where it was.</summary>
    public static string Copy(string from, string path) => $"COPY [\"{Quoted(from)}\", \"{Quoted(path)}\"]\n";

    /// <summary>The lines of chosen files, and what each takes from the build.</summary>
    public static IEnumerable<(string Line, string From)> Copies(string recipe) => recipe.Split('\n').Select(line => ChosenFile().Match(line)).Where(match => match.Success)
        .Select(match => ($"{match.Value}\n", Escaped().Replace(match.Groups["from"].Value, "$1")));

    /// <summary>The chosen files, as paths in the image.</summary>
    public static IEnumerable<string> CopiedPaths(string recipe) => Copies(recipe).Select(copy => copy.From["files".Length..]);

    /// <summary>Variables that the image sets.</summary>
    public static string Environment(IReadOnlyDictionary<string, string> variables) =>
        string.Concat(variables.OrderBy(variable => variable.Key, StringComparer.Ordinal).Select(variable => $"ENV {variable.Key}=\"{Quoted(variable.Value).Replace("$", "\\$", StringComparison.Ordinal)}\"\n"));

    /// <summary>Packages that the lines of a recipe install with a version: source and name. What people have written otherwise is not known.</summary>
    public static IReadOnlyDictionary<(string Source, string Name), string> Installs(string recipe)
    {
        var found = new Dictionary<(string, string), string>();
        foreach (var line in recipe.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n').Where(line => line.TrimStart().StartsWith("RUN ", StringComparison.OrdinalIgnoreCase)))
        {
            foreach (var command in line.Split(["&&", ";", "||"], StringSplitOptions.None))
            {
                var source = command.Contains("apt-get install", StringComparison.Ordinal) || command.Contains("apt install", StringComparison.Ordinal) || command.Contains("noninteractive apt-get install", StringComparison.Ordinal) ? "apt"
                    : command.Contains("pip install", StringComparison.Ordinal) || command.Contains("pip3 install", StringComparison.Ordinal) ? "pip"
                    : command.Contains("conda install", StringComparison.Ordinal) || command.Contains("mamba install", StringComparison.Ordinal) ? "conda"
                    : command.Contains("npm install", StringComparison.Ordinal) ? "npm" : null;
                if (source is null) continue;
                foreach (var word in command.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('\'', '"')).Where(word => word[0] != '-' && !word.Contains("PIP_", StringComparison.Ordinal) && !word.StartsWith("DEBIAN_", StringComparison.Ordinal)))
                {
                    var mark = source switch { "pip" => "==", "npm" => "@", _ => "=" };
                    var at = source == "npm" ? word.LastIndexOf('@') : word.IndexOf(mark, StringComparison.Ordinal);
                    if (at > 0) found[(source, NameOf(source, word[..at]))] = word[(at + mark.Length)..];
                }
            }
        }
        return found;
    }

    /// <summary>A name as its source compares it.</summary>
    public static string NameOf(string source, string name) => source == "pip" ? PipPackages.Normal(name) : name;

    private static string Repository(string image)
    {
        var name = image.Split('@')[0];
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[..colon] : name;
    }

    /// <summary>The program whose site a place is: of a virtual environment its own, else the system's of that version; null for an environment in the home.</summary>
    private static string? PythonOf(string site, string home)
    {
        var prefix = site[..site.LastIndexOf("/lib/", StringComparison.Ordinal)];
        var name = site[(prefix.Length + "/lib/".Length)..].Split('/')[0];
        return prefix is "/usr" or "/usr/local" || prefix == $"{home}/.local" || prefix == "/root/.local" ? name : ForeignTree.IsIn(prefix, home) ? null : Word($"{prefix}/bin/python");
    }

    private static string CondaOf(string prefix) => Word($"{(prefix.Contains("/envs/", StringComparison.Ordinal) ? prefix[..prefix.IndexOf("/envs/", StringComparison.Ordinal)] : prefix)}/bin/conda");

    private static string Words(IEnumerable<string> words) => string.Join(' ', words.Order(StringComparer.Ordinal).Select(Word));

    /// <summary>A word for the shell. Foreign names come from files that anybody in the machine writes.</summary>
    private static string Word(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./:=+@,~".Contains(letter, StringComparison.Ordinal)) ? line : $"'{line.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    private static string Quoted(string text) => text.ReplaceLineEndings(" ").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    [GeneratedRegex("""^COPY \["(?<from>files/([^"\\]|\\.)*)", "([^"\\]|\\.)*"\]$""")]
    private static partial Regex ChosenFile();

    [GeneratedRegex("""\\(.)""")]
    private static partial Regex Escaped();
}
