#!/usr/bin/perl
# make.pl: writes the databases of tests/geo.py into a folder, as MaxMind, DB-IP and IPinfo lay theirs out.
#
# usage: make.pl FOLDER
use strict;
use warnings;

use MaxMind::DB::Writer::Tree;

# All names are made up, all numbers are of RFC 5398, all addresses of RFC 5737 and RFC 3849, but for 10.0.0.0/8.
my %types = (
    autonomous_system_number       => 'uint32',
    autonomous_system_organization => 'utf8_string',
    asn                            => 'utf8_string',
    as_name                        => 'utf8_string',
    city                           => 'map',
    connection_type                => 'utf8_string',
    country                        => 'map',
    country_code                   => 'utf8_string',
    iso_code                       => 'utf8_string',
    names                          => 'map',
    en                             => 'utf8_string',
    registered_country             => 'map',
);

# What each database is: its type, its version of IP, its records.
my %databases = (
    'asn.mmdb' => [
        'GeoLite2-ASN', 6,
        {
            '198.51.100.0/24' => {autonomous_system_number => 64500, autonomous_system_organization => "Example Hosting \x{dc}ber"},
            '203.0.113.0/28'  => {autonomous_system_number => 64496, autonomous_system_organization => 'Example Pools'},
            '2001:db8:1::/48' => {autonomous_system_number => 64501, autonomous_system_organization => 'Example Six'},
            '10.0.0.0/8'      => {autonomous_system_number => 64511, autonomous_system_organization => 'nobody may see this'},
        },
    ],
    'city.mmdb' => [
        'GeoLite2-City', 6,
        {
            '198.51.100.0/25' => {country => {iso_code => 'DE'}, city => {names => {en => 'Frankfurt am Main'}}},
            '203.0.113.0/28'  => {registered_country => {iso_code => 'NL'}, city => {names => {en => "\x{c9}xampleville"}}},
            '2001:db8:1::/48' => {country => {iso_code => 'JP'}},
        },
    ],
    # One file for both, numbers as text, and the name of the country where others have a map.
    'both.mmdb' => ['ipinfo lite', 4, {'203.0.113.0/24' => {asn => 'AS64502', as_name => 'Both', country_code => 'SE'}}],
    'other.mmdb' => ['GeoIP2-Connection-Type', 6, {'198.51.100.0/24' => {connection_type => 'Corporate'}}],
);

my $folder = shift or die "usage: make.pl FOLDER\n";
for my $name (sort keys %databases) {
    my ($type, $version, $records) = @{$databases{$name}};
    my $tree = MaxMind::DB::Writer::Tree->new(
        ip_version               => $version,
        record_size              => 24,
        database_type            => $type,
        languages                => ['en'],
        description              => {en => 'countermine test'},
        remove_reserved_networks => 0,
        map_key_type_callback    => sub { $types{$_[0]} },
    );
    $tree->insert_network($_, $records->{$_}) for sort keys %$records;
    open my $file, '>:raw', "$folder/$name" or die "$folder/$name: $!\n";
    $tree->write_tree($file);
    close $file or die "$folder/$name: $!\n";
}
