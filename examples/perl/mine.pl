#!/usr/bin/perl
# A gradient in Perl, to show that docs/PROTOCOL.md is all that a program needs:
#
#   deno task verify --plugin examples/perl/mine.pl
#
# Any network of sigmoid layers with quadratic loss. It answers describe, open, load, gradient and save; Slope does the
# updates.
use strict;
use warnings;
use JSON::PP;

my $json = JSON::PP->new->canonical;
my (@sizes, $data, $files, @parameters, @gradient);
$| = 1;    # every answer leaves at once

while (my $line = <STDIN>) {
    my $request = $json->decode($line);
    my $answer = eval { answer($request) } // { type => "failed", message => "$@" =~ s/\s+$//r };
    print $json->encode($answer), "\n";
}

sub answer {
    my ($request) = @_;
    my $type = $request->{type};
    return describe() if $type eq "describe";
    return open_for($request) if $type eq "open";
    if ($type eq "load") {
        @parameters = unpack "d<*", read_file($files->{parameters}, 0, -s $files->{parameters});
        return { type => "loaded" };
    }
    return { type => "gradient", loss => gradient(@{ $request->{batch} }) } if $type eq "gradient";
    if ($type eq "save") {
        write_file($files->{parameters}, pack "d<*", @parameters);
        write_file($files->{gradient}, pack "d<*", @gradient);
        return { type => "saved" };
    }
    return { type => "usage" } if $type eq "usage";
    die "it does not know the request $type";
}

sub describe {
    my %program = (
        name      => "mine",
        summary   => "Perl, plain loops",
        precision => "float64",
        network   => { hiddenActivation => "sigmoid", outputLoss => "sigmoid-quadratic" },
    );
    return { type => "described", version => "Perl $^V", programs => [ \%program ] };
}

sub open_for {
    my ($request) = @_;
    my $network = $request->{network};
    die "it computes only sigmoid and sigmoid-quadratic"
        if $network->{hiddenActivation} ne "sigmoid" || $network->{outputLoss} ne "sigmoid-quadratic";
    @sizes = @{ $network->{layerSizes} };
    ($data, $files) = ($request->{data}, $request->{files});
    my $count = 0;
    $count += $sizes[$_] * ($sizes[ $_ - 1 ] + 1) for 1 .. $#sizes;
    @gradient = (0) x $count;
    return { type => "opened" };
}

# Fills @gradient with the mean gradient over these rows; returns the mean loss.
sub gradient {
    my @rows = @_;
    @gradient = (0) x @gradient;
    my $loss = 0;
    for my $row (@rows) {
        my $features = $data->{features};
        my @x = map { $_ / 255 } unpack "C*", read_file($data->{pixels}, $row * $features, $features);
        my ($label) = unpack "C", read_file($data->{labels}, $row, 1);
        my (@a, @at) = ([@x]);
        my $at = 0;
        for my $l (0 .. $#sizes - 1) {
            my ($in, $out) = @sizes[ $l, $l + 1 ];
            push @at, $at;
            my @next;
            for my $o (0 .. $out - 1) {
                my $z = $parameters[ $at + $out * $in + $o ];
                $z += $parameters[ $at + $o * $in + $_ ] * $a[$l][$_] for 0 .. $in - 1;
                push @next, 1 / (1 + exp(-$z));
            }
            push @a, \@next;
            $at += $out * ($in + 1);
        }
        my @error = map { $a[-1][$_] - ($_ == $label ? 1 : 0) } 0 .. $sizes[-1] - 1;
        $loss += $_ * $_ / 2 / @rows for @error;
        for my $l (reverse 0 .. $#sizes - 1) {
            my ($in, $out) = @sizes[ $l, $l + 1 ];
            my @delta = map { $error[$_] * $a[ $l + 1 ][$_] * (1 - $a[ $l + 1 ][$_]) } 0 .. $out - 1;
            @error = (0) x $in;
            for my $o (0 .. $out - 1) {
                my $first = $at[$l] + $o * $in;
                $gradient[ $at[$l] + $out * $in + $o ] += $delta[$o] / @rows;
                for my $i (0 .. $in - 1) {
                    $gradient[ $first + $i ] += $delta[$o] * $a[$l][$i] / @rows;
                    $error[$i] += $delta[$o] * $parameters[ $first + $i ];
                }
            }
        }
    }
    return $loss;
}

sub read_file {
    my ($path, $start, $length) = @_;
    open my $file, "<:raw", $path or die "cannot read $path: $!";
    seek $file, $start, 0;
    read $file, my ($bytes), $length;
    return $bytes;
}

sub write_file {
    my ($path, $bytes) = @_;
    open my $file, ">:raw", $path or die "cannot write $path: $!";
    print $file $bytes;
}
