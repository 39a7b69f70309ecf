namespace Holdfast.Cli.Tests.Running;

/// <summary>A git repository in a place, with nothing of the machine's git settings.</summary>
internal sealed class Repository
{
    private readonly Place _place;

    private Repository(Place place) => _place = place;

    /// <summary>Makes one in <c>r</c>, with the notebook tools set up for it.</summary>
    public static async Task<Repository> MakeAsync(Place place, string install = "install-hooks")
    {
        place.Set("HOME", place.PathOf("home"));
        place.Set("GIT_CONFIG_NOSYSTEM", "1");
        place.Set("XDG_CONFIG_HOME", null);
        place.Set("GIT_PAGER", "cat");
        Directory.CreateDirectory(place.PathOf("home"));
        Directory.CreateDirectory(place.PathOf("r"));
        var repository = new Repository(place);
        await repository.BashAsync("git init -q -b main . && git config user.email a@example.com && git config user.name A && git config merge.renames false");
        if (install.Length > 0) await repository.BashAsync($"\"$0\" nb {install}");
        return repository;
    }

    public string PathOf(string name) => _place.PathOf("r/" + name);

    public void Write(string name, string text) => _place.Write("r/" + name, text);

    public string Read(string name) => File.ReadAllText(PathOf(name));

    /// <summary>Runs a script in the repository, in which <c>$0</c> is the program; it must end well.</summary>
    public async Task<string> BashAsync(string script)
    {
        var ran = await TryAsync(script);
        Assert.True(ran.ExitCode == 0, $"{script}\n{ran.Out}{ran.Errors}");
        return ran.Out;
    }

    /// <summary>The same for a script that may fail.</summary>
    public Task<Ran> TryAsync(string script) => _place.BashAsync($"cd r && {{ {script}\n}}");

    /// <summary>A notebook of code cells, in ids and sources, as a kernel left it.</summary>
    public static string Notebook(params (string Id, string Source)[] cells) => $$"""
        {
         "cells": [
        {{string.Join(",\n", cells.Select((cell, number) => $$"""
          {
           "cell_type": "code",
           "execution_count": {{number + 1}},
           "id": "{{cell.Id}}",
           "metadata": {
            "scrolled": true
           },
           "outputs": [
            {
             "name": "stdout",
             "output_type": "stream",
             "text": [
              "printed by {{cell.Id}}\n"
             ]
            }
           ],
           "source": [
            "{{cell.Source}}"
           ]
          }
        """))}}
         ],
         "metadata": {},
         "nbformat": 4,
         "nbformat_minor": 5
        }

        """;
}
