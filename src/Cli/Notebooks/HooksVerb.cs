using System.CommandLine;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb install-hooks</c> and <c>uninstall-hooks</c>: what git needs to know to handle notebooks well.</summary>
internal static class HooksVerb
{
    private static readonly string[] Sections = ["filter.holdfast", "diff.holdfast", "merge.holdfast"];
    private static readonly string[] Hooks = ["pre-commit", "post-merge"];

    public static Command CreateInstall()
    {
        var global = Global();
        var local = new Option<bool>("--local") { Description = "Put the attributes into .git/info/attributes, not into .gitattributes, which others get too." };
        var rules = new CleanOptions();
        var command = new Command("install-hooks", "Set up git for the notebooks of this repository: clean on add, diff and merge by cells, a check before each commit, trust after each pull. Hooks that are there are kept and run first.") { global, local };
        rules.AddTo(command);
        command.SetAction(parse =>
        {
            var given = string.Concat(rules.Given(parse).Select(option => " " + option));
            if (!TryPlaces(parse.GetValue(global), out var places)) return 1;
            // 1. Programs, which git starts by these names.
            Set("filter.holdfast.process", $"{Program} nb filter{given}");
            Set("diff.holdfast.textconv", $"{Program} nb textconv{given}");
            Set("diff.holdfast.xfuncname", DiffTextconvVerb.CellPattern);
            Set("merge.holdfast.name", "notebooks cell by cell");
            Set("merge.holdfast.driver", $"{Program} nb merge --driver %P %O %A %B");
            // 2. Which files they are for.
            var attributes = places.Attributes[parse.GetValue(local) ? ^1 : 0];
            foreach (var other in places.Attributes) HooksAttributes.Remove(other);
            HooksAttributes.Add(attributes);
            // 3. Hooks. Those of one repository only: git would run hooks for all in place of each repository's own.
            foreach (var hook in places.HooksFolder is null ? [] : Hooks) HooksScript.Install(Path.Join(places.HooksFolder, hook), Program, $"nb hook {hook}{given}");
            Console.WriteLine($"Git cleans, compares and merges notebooks cell by cell now{(places.HooksFolder is null ? " in every repository of yours" : "")} ({attributes}).");
            Console.WriteLine("What is committed already is cleaned by: git add --renormalize .");
            return 0;

            void Set(string name, string value)
            {
                if (GitCommand.Run(["config", places.Scope, name, value]).ExitCode != 0) throw new IOException($"git could not set {name}.");
            }
        });
        return command;
    }

    public static Command CreateUninstall()
    {
        var global = Global();
        var command = new Command("uninstall-hooks", "Take back what install-hooks did; the hooks that were there before are there again.") { global };
        command.SetAction(parse =>
        {
            if (!TryPlaces(parse.GetValue(global), out var places)) return 1;
            var any = false;
            foreach (var section in Sections) any |= GitCommand.Run(["config", places.Scope, "--remove-section", section], isQuiet: true).ExitCode == 0;
            foreach (var attributes in places.Attributes) any |= HooksAttributes.Remove(attributes);
            foreach (var hook in places.HooksFolder is null ? [] : Hooks) any |= HooksScript.Uninstall(Path.Join(places.HooksFolder, hook));
            Console.WriteLine(any ? "Git handles notebooks as any other file again." : "Nothing was set up here.");
            return 0;
        });
        return command;
    }

    /// <summary>This program as the shell reads it.</summary>
    private static string Program { get; } = Surroundings.Program is "holdfast" and var known ? known : $"'{Surroundings.Program.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static Option<bool> Global() => new("--global") { Description = "For all repositories of this user, without the check before commits and the trust after pulls." };

    /// <summary>Where git keeps things.</summary>
    /// <param name="Scope">The option that names its configuration.</param>
    /// <param name="Attributes">Files of attributes, the usual one first.</param>
    /// <param name="HooksFolder">Null for all repositories.</param>
    private sealed record Places(string Scope, string[] Attributes, string? HooksFolder);

    private static bool TryPlaces(bool isGlobal, out Places places)
    {
        places = new Places("", [], null);
        if (isGlobal)
        {
            var home = Surroundings.Variables.GetValueOrDefault("HOME", "");
            var config = Surroundings.Variables.GetValueOrDefault("XDG_CONFIG_HOME") is { Length: > 0 } named ? named : Path.Join(home, ".config");
            places = new Places("--global", [GitCommand.Run(["config", "--global", "--type=path", "core.attributesFile"]).Line ?? Path.Join(config, "git/attributes")], null);
            return true;
        }

        if (GitCommand.Run(["rev-parse", "--show-toplevel"], isQuiet: true).Line is not { } root)
        {
            Output.Fail($"{Environment.CurrentDirectory} is in no git repository with files; go to one, 'git init' makes it, or use --global.");
            return false;
        }

        places = new Places("--local", [Path.Join(root, ".gitattributes"), GitPath("info/attributes")], GitPath("hooks"));
        return true;

        static string GitPath(string name) => Path.GetFullPath(GitCommand.Run(["rev-parse", "--git-path", name]).Line!);
    }
}
